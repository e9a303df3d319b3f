"""What may be wrong with the form of an example."""

from __future__ import annotations

from bot.services.checks.rule import ERROR, WARNING, Rule, rule

SCHEMA: dict[str, Rule] = {
    "schema.shape": rule(
        ERROR,
        "Neither a conversation, a preference nor a prompt with its completion.",
        "Give each line messages, or input with two outputs, or prompt and completion.",
    ),
    "schema.mixed": rule(
        ERROR,
        "Another form than the first example's.",
        "Keep one form a file; split the others off.",
    ),
    "schema.key": rule(
        ERROR,
        "A key that no trainer knows beside the example.",
        "Delete it: some trainers refuse the whole file for it.",
    ),
    "schema.message-key": rule(
        ERROR, "A key that no trainer knows in a message.", "Delete it or rename it."
    ),
    "schema.messages": rule(
        ERROR, "No messages, or not a list of them.", "Give at least a user's and an answer."
    ),
    "schema.message": rule(
        ERROR, "A message that is no object, or has no role.", "Give it a role and a content."
    ),
    "schema.role": rule(
        ERROR, "A role that trainers do not know.", "Use system, user, assistant or tool."
    ),
    "schema.content": rule(
        ERROR,
        "No content, an empty one, or neither a text nor a list of parts.",
        "Write the text, or leave the example out.",
    ),
    "schema.part": rule(
        ERROR, "A part of a content that this role may not have.", "Use a part of type text."
    ),
    "schema.name": rule(ERROR, "A name that is no text.", "Write a text or leave it out."),
    "schema.refusal": rule(
        ERROR, "A refusal or audio of the wrong type.", "Write a text or leave it out."
    ),
    "schema.weight": rule(ERROR, "A weight other than 0 or 1.", "Write 0, 1, or nothing."),
    "schema.weight-role": rule(
        WARNING, "A weight on a message that is not an assistant's.", "Delete it: it does nothing."
    ),
    "schema.no-answer": rule(
        ERROR, "No message of an assistant: nothing to learn.", "Add the wanted answer."
    ),
    "schema.nothing-trained": rule(
        ERROR,
        "Every answer has weight 0: nothing to learn.",
        "Give the wanted answer weight 1, or leave the example out.",
    ),
    "schema.last": rule(
        ERROR, "The last message is not an assistant's.", "End with the wanted answer."
    ),
    "schema.alternation": rule(
        ERROR,
        "Two messages of one role in a row.",
        "Join them: users and assistants take turns for most trainers.",
    ),
    "schema.system-place": rule(
        WARNING, "A system message that is not the first.", "Put it first."
    ),
    "schema.tool-calls": rule(
        ERROR, "Tool calls of the wrong form.", "Give each an id, type function, name, arguments."
    ),
    "schema.tool-arguments": rule(
        WARNING, "A call's arguments are not JSON.", "Write them as the text of a JSON object."
    ),
    "schema.tool-orphan": rule(
        ERROR,
        "A call without its result, or a result without its call.",
        "Follow each call with a tool message of its id.",
    ),
    "schema.tools": rule(
        ERROR,
        "Tools or functions of the wrong form.",
        "Give type function and a function with a name; parameters is an object.",
    ),
    "schema.special-token": rule(
        ERROR,
        "Text that a tokenizer reads as a control token: it fails the job, or breaks the example.",
        "Leave the row out or write the text otherwise.",
    ),
    "schema.preference": rule(
        ERROR,
        "A preference of the wrong form.",
        "Give input.messages, and one assistant's message in each of the two outputs.",
    ),
    "schema.preference-same": rule(
        ERROR, "Both answers are the same: no preference.", "Leave the row out."
    ),
    "schema.preference-last": rule(
        ERROR, "The input ends with an assistant's message.", "End it with the user's."
    ),
    "schema.preference-key": rule(
        WARNING,
        "preferred_completion, as OpenAI's schema of 2025 has it; its guide says otherwise.",
        "Rename to preferred_output and non_preferred_output.",
    ),
    "schema.legacy": rule(
        WARNING,
        "The legacy form of prompt and completion, which chat models do not take.",
        "Convert it to messages.",
    ),
    "schema.legacy-field": rule(
        ERROR, "A prompt or completion that is no text, or an empty completion.", "Write both."
    ),
    "schema.legacy-separator": rule(
        WARNING,
        "Prompts do not all end with one separator.",
        "End each prompt alike, such as with \\n\\n###\\n\\n.",
    ),
    "schema.legacy-prefix": rule(
        WARNING, "Every prompt or completion starts alike.", "Delete what they all begin with."
    ),
    "schema.legacy-ending": rule(
        WARNING, "Completions do not all end alike.", "End each with one stop sequence."
    ),
    "schema.legacy-space": rule(
        WARNING, "Completions do not start with a space.", "Start each with a space."
    ),
    "schema.legacy-upper": rule(
        WARNING, "More than a third of the letters are capitals.", "Write as members write."
    ),
}
