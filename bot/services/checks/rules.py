"""Every finding that a check can make: its id, how grave it is, and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.findings import Finding, Report, Severity

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
KEPT = 100  # findings of one id; the others are only counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a finding's id stands for."""

    severity: Severity
    meaning: str
    remedy: str


def _rule(severity: Severity, meaning: str, remedy: str) -> Rule:
    return Rule(severity=severity, meaning=meaning, remedy=remedy)


_FILE = {
    "file.size": _rule(
        ERROR, "The file is over 512 MB, the most that OpenAI takes.", "Split it or leave rows out."
    ),
    "file.encoding": _rule(
        ERROR, "Bytes that are not UTF-8.", "Save the file as UTF-8 without a byte order mark."
    ),
    "file.bom": _rule(
        ERROR, "A byte order mark.", "Save the file as UTF-8 without a byte order mark."
    ),
    "file.nul": _rule(ERROR, "A NUL byte: the file is binary or damaged.", "Write it again."),
    "file.surrogate": _rule(
        ERROR,
        "Half a surrogate pair, which no UTF-8 text can hold.",
        "Mend the program that cut the text in the middle of a character.",
    ),
    "file.blank": _rule(ERROR, "A blank line.", "Delete the line."),
    "file.long": _rule(ERROR, "A line over 64 MB, not read further.", "Leave the row out."),
    "file.cut": _rule(
        ERROR, "The last line ends in the middle.", "Write the file again: it was cut off."
    ),
    "file.json": _rule(
        ERROR, "Not JSON.", "Put exactly one JSON object on each line; an array is no JSON lines."
    ),
    "file.object": _rule(
        ERROR, "JSON, but not an object.", "Put exactly one JSON object on each line."
    ),
    "file.nested": _rule(ERROR, "JSON nested too deeply to be read.", "Leave the row out."),
    "file.duplicate-key": _rule(
        ERROR, "A key twice in one object: readers disagree which counts.", "Delete one of them."
    ),
    "file.nan": _rule(
        ERROR, "NaN or Infinity, which JSON does not have.", "Write null or leave the key out."
    ),
    "file.crlf": _rule(INFO, "Lines end as on Windows (CR LF).", "Nothing, unless a tool minds."),
    "file.few": _rule(
        ERROR,
        "Fewer than 10 examples, the fewest that OpenAI takes.",
        "Add examples: 50 to 100 are a start.",
    ),
    "file.small": _rule(
        INFO, "Fewer than 50 examples.", "Fifty well-made examples are where tuning starts to show."
    ),
}

_SCHEMA = {
    "schema.shape": _rule(
        ERROR,
        "Neither a conversation, a preference nor a prompt with its completion.",
        "Give each line messages, or input with two outputs, or prompt and completion.",
    ),
    "schema.mixed": _rule(
        ERROR,
        "Another form than the first example's.",
        "Keep one form a file; split the others off.",
    ),
    "schema.key": _rule(
        ERROR,
        "A key that no trainer knows beside the example.",
        "Delete it: some trainers refuse the whole file for it.",
    ),
    "schema.message-key": _rule(
        ERROR, "A key that no trainer knows in a message.", "Delete it or rename it."
    ),
    "schema.messages": _rule(
        ERROR, "No messages, or not a list of them.", "Give at least a user's and an answer."
    ),
    "schema.message": _rule(
        ERROR, "A message that is no object, or has no role.", "Give it a role and a content."
    ),
    "schema.role": _rule(
        ERROR, "A role that trainers do not know.", "Use system, user, assistant or tool."
    ),
    "schema.content": _rule(
        ERROR,
        "No content, an empty one, or neither a text nor a list of parts.",
        "Write the text, or leave the example out.",
    ),
    "schema.part": _rule(
        ERROR, "A part of a content that this role may not have.", "Use a part of type text."
    ),
    "schema.name": _rule(ERROR, "A name that is no text.", "Write a text or leave it out."),
    "schema.refusal": _rule(
        ERROR, "A refusal or audio of the wrong type.", "Write a text or leave it out."
    ),
    "schema.weight": _rule(ERROR, "A weight other than 0 or 1.", "Write 0, 1, or nothing."),
    "schema.weight-role": _rule(
        WARNING, "A weight on a message that is not an assistant's.", "Delete it: it does nothing."
    ),
    "schema.no-answer": _rule(
        ERROR, "No message of an assistant: nothing to learn.", "Add the wanted answer."
    ),
    "schema.nothing-trained": _rule(
        ERROR,
        "Every answer has weight 0: nothing to learn.",
        "Give the wanted answer weight 1, or leave the example out.",
    ),
    "schema.last": _rule(
        ERROR, "The last message is not an assistant's.", "End with the wanted answer."
    ),
    "schema.alternation": _rule(
        ERROR,
        "Two messages of one role in a row.",
        "Join them: users and assistants take turns for most trainers.",
    ),
    "schema.system-place": _rule(
        WARNING, "A system message that is not the first.", "Put it first."
    ),
    "schema.tool-calls": _rule(
        ERROR, "Tool calls of the wrong form.", "Give each an id, type function, name, arguments."
    ),
    "schema.tool-arguments": _rule(
        WARNING, "A call's arguments are not JSON.", "Write them as the text of a JSON object."
    ),
    "schema.tool-orphan": _rule(
        ERROR,
        "A call without its result, or a result without its call.",
        "Follow each call with a tool message of its id.",
    ),
    "schema.tools": _rule(
        ERROR,
        "Tools or functions of the wrong form.",
        "Give type function and a function with a name; parameters is an object.",
    ),
    "schema.special-token": _rule(
        ERROR,
        "Text that a tokenizer reads as a control token: it fails the whole job.",
        "Leave the row out or write the text otherwise.",
    ),
    "schema.preference": _rule(
        ERROR,
        "A preference of the wrong form.",
        "Give input.messages, and one assistant's message in each of the two outputs.",
    ),
    "schema.preference-same": _rule(
        ERROR, "Both answers are the same: no preference.", "Leave the row out."
    ),
    "schema.preference-last": _rule(
        ERROR, "The input ends with an assistant's message.", "End it with the user's."
    ),
    "schema.preference-key": _rule(
        WARNING,
        "preferred_completion, as OpenAI's schema of 2025 has it; its guide says otherwise.",
        "Rename to preferred_output and non_preferred_output.",
    ),
    "schema.legacy": _rule(
        WARNING,
        "The legacy form of prompt and completion, which chat models do not take.",
        "Convert it to messages.",
    ),
    "schema.legacy-field": _rule(
        ERROR, "A prompt or completion that is no text, or an empty completion.", "Write both."
    ),
    "schema.legacy-separator": _rule(
        WARNING,
        "Prompts do not all end with one separator.",
        "End each prompt alike, such as with \\n\\n###\\n\\n.",
    ),
    "schema.legacy-prefix": _rule(
        WARNING, "Every prompt or completion starts alike.", "Delete what they all begin with."
    ),
    "schema.legacy-ending": _rule(
        WARNING, "Completions do not all end alike.", "End each with one stop sequence."
    ),
    "schema.legacy-space": _rule(
        WARNING, "Completions do not start with a space.", "Start each with a space."
    ),
    "schema.legacy-upper": _rule(
        WARNING, "More than a third of the letters are capitals.", "Write as members write."
    ),
}

_SIZE = {
    "size.truncated": _rule(
        WARNING,
        "Longer than the model trains on: it is cut at the end, where the answer is.",
        "Shorten the conversation before the answer, or leave the row out.",
    ),
    "size.answer-lost": _rule(
        ERROR,
        "What comes before the answer fills the model's limit: nothing of it is learnt.",
        "Leave the row out.",
    ),
    "size.outlier": _rule(
        WARNING,
        "An answer over ten times as long as the middle one.",
        "Look whether it is what members should get.",
    ),
    "size.no-price": _rule(
        INFO, "Nobody told what training this model costs.", "Look at the provider's price list."
    ),
}

_DUPLICATES = {
    "duplicates.exact": _rule(WARNING, "The same example again.", "Keep one."),
    "duplicates.normalised": _rule(
        WARNING, "The same example but for case, width, spaces or punctuation.", "Keep one."
    ),
    "duplicates.near": _rule(
        WARNING, "Nearly the same text as another example.", "Keep the better one."
    ),
    "duplicates.meaning": _rule(
        INFO, "It means nearly the same as another example.", "Keep both only if both teach."
    ),
    "duplicates.contradictory": _rule(
        WARNING,
        "Two different answers to one prompt.",
        "Decide for one, or say why both are right.",
    ),
    "duplicates.validation": _rule(
        ERROR,
        "A prompt that is in the validation file too: its loss would flatter the model.",
        "Delete it from one of them.",
    ),
    "duplicates.golden": _rule(
        ERROR,
        "A prompt that the model will be judged by.",
        "Delete it here: nothing may be trained on the golden set.",
    ),
    "duplicates.other-file": _rule(
        WARNING,
        "Lines of the other file that hold no example and were not compared.",
        "Check that file by itself.",
    ),
}

_BALANCE = {
    "balance.refusals": _rule(
        WARNING,
        "Over a fifth of the answers refuse: the model will refuse more than it should.",
        "Add answers, or take refusals out.",
    ),
    "balance.openers": _rule(
        WARNING,
        "Over a tenth of the answers open with the same words.",
        "Rewrite some openings.",
    ),
    "balance.languages": _rule(
        WARNING,
        "One of the two languages has under a tenth of the examples.",
        "Add examples in it, or leave it out altogether.",
    ),
    "balance.answer-language": _rule(
        INFO, "The answer is in another language than the question.", "Look whether that is meant."
    ),
    "balance.members": _rule(
        WARNING,
        "Over a third of the questions are one member's.",
        "Ask others for consent, or leave some out.",
    ),
    "balance.lengths": _rule(
        INFO, "All answers are about as long.", "Mix short and long ones on purpose."
    ),
    "balance.formatting": _rule(
        INFO,
        "Some answers have headings, lists or code and most have none, or the other way round.",
        "Look whether the few are meant.",
    ),
}

_DIVERSITY = {
    "diversity.vendi": _rule(
        WARNING,
        "The examples mean much the same: fewer than a tenth as many kinds as examples.",
        "Replace the most alike by others.",
    ),
    "diversity.distinct-2": _rule(
        WARNING, "The answers repeat their phrases.", "Rewrite the most repeated ones."
    ),
    "diversity.self-bleu": _rule(
        WARNING, "The answers are worded alike.", "Rewrite the most alike ones."
    ),
}

_CONSISTENCY = {
    "consistency.system": _rule(
        WARNING,
        "Some examples have a system prompt and some have none.",
        "Give each the prompt that the model will meet in service.",
    ),
    "consistency.systems": _rule(
        INFO,
        "There are several system prompts.",
        "Use the same words as in service, to the letter.",
    ),
    "consistency.rare-system": _rule(
        WARNING,
        "A system prompt that is nearly the usual one.",
        "Use the usual one: a difference of a word teaches something nobody meant.",
    ),
    "consistency.persona": _rule(
        WARNING, "An answer that does not sound like the others.", "Repair it or leave it out."
    ),
    "consistency.facts": _rule(
        WARNING,
        "The answer states what the facts of its prompt do not say: it teaches inventing.",
        "Correct the answer, or give the prompt the fact.",
    ),
    "consistency.citation": _rule(
        WARNING, "The answer cites a [n] that its prompt does not have.", "Correct the number."
    ),
}

_PRIVACY = {
    "privacy.secret": _rule(
        ERROR,
        "A key, token or password.",
        "Revoke it, then leave it out: a model can be made to say it.",
    ),
    "privacy.personal": _rule(
        WARNING, "Personal data.", "Export with redaction, or write a placeholder."
    ),
    "privacy.mention": _rule(
        WARNING, "A mention or an id of Discord's.", "Export with redaction, or delete it."
    ),
    "privacy.unsure": _rule(INFO, "It may be personal data.", "Look at it: a rule cannot decide."),
    "privacy.consent": _rule(
        INFO, "Rows that may not leave, and why.", "Ask the members for consent (/privacy)."
    ),
    "privacy.provenance": _rule(
        INFO,
        "No manifest beside the file says whose words these are.",
        "Make sure that everybody whose words these are agreed.",
    ),
    "privacy.changed": _rule(
        WARNING,
        "The file is not the one that its manifest describes.",
        "Export it again, or write down what was changed.",
    ),
}

_OPERATIONS = {
    "operations.shutdown": _rule(
        WARNING,
        "The model is shut down soon, and its fine-tunes with it.",
        "Tune another model, or locally.",
    ),
    "operations.gone": _rule(
        ERROR, "The model can no longer be tuned there.", "Tune another model, or locally."
    ),
    "operations.unknown-model": _rule(
        INFO,
        "Nothing is known of this model: no limit, no price, no date.",
        "Look at the provider's documentation.",
    ),
    "operations.trained": _rule(
        WARNING, "This very file was trained on before.", "Look at that job before paying again."
    ),
}

RULES: Mapping[str, Rule] = {
    **_FILE,
    **_SCHEMA,
    **_SIZE,
    **_DUPLICATES,
    **_BALANCE,
    **_DIVERSITY,
    **_CONSISTENCY,
    **_PRIVACY,
    **_OPERATIONS,
}


def found(id_: str, message: str, *, line: int = 0, column: int = 0) -> Finding:
    """Return a finding of a rule, at a place."""
    rule = RULES[id_]
    return Finding(
        id=id_,
        severity=rule.severity,
        message=message,
        remedy=rule.remedy,
        line=line,
        column=column,
    )


@dataclass(slots=True)
class Findings:
    """Collects findings in bounded memory: the first of each id, and how many there were."""

    _kept: list[Finding] = field(default_factory=list)
    _counts: Counter[str] = field(default_factory=Counter)

    def add(self, findings: Iterable[Finding]) -> int:
        """Take findings; return how many of them are errors."""
        errors = 0
        for finding in findings:
            errors += finding.severity is ERROR
            self._counts[finding.id] += 1
            if self._counts[finding.id] <= KEPT:
                self._kept.append(finding)
        return errors

    def report(self, statistics: Mapping[str, object]) -> Report:
        """Return everything found, in the order of the lines."""
        severities: Counter[Severity] = Counter()
        for id_, count in self._counts.items():
            severities[RULES[id_].severity] += count
        return Report(
            findings=tuple(sorted(self._kept, key=lambda each: (each.line, each.column))),
            counts=dict(self._counts),
            severities=severities,
            statistics=statistics,
        )
