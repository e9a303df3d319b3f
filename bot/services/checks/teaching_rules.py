"""What may be wrong with what the examples teach, each by itself and all together."""

from __future__ import annotations

from bot.services.checks.rule import ERROR, INFO, WARNING, Rule, rule

SIZE: dict[str, Rule] = {
    "size.truncated": rule(
        WARNING,
        "Longer than the model trains on: it is cut at the end, where the answer is.",
        "Shorten the conversation before the answer, or leave the row out.",
    ),
    "size.answer-lost": rule(
        ERROR,
        "What comes before the answer fills the model's limit: nothing of it is learnt.",
        "Leave the row out.",
    ),
    "size.outlier": rule(
        WARNING,
        "An answer over ten times as long as the middle one.",
        "Look whether it is what members should get.",
    ),
    "size.no-price": rule(
        INFO, "Nobody told what training this model costs.", "Look at the provider's price list."
    ),
}

DUPLICATES: dict[str, Rule] = {
    "duplicates.exact": rule(WARNING, "The same example again.", "Keep one."),
    "duplicates.normalised": rule(
        WARNING, "The same example but for case, width, spaces or punctuation.", "Keep one."
    ),
    "duplicates.near": rule(
        WARNING, "Nearly the same text as another example.", "Keep the better one."
    ),
    "duplicates.meaning": rule(
        INFO, "It means nearly the same as another example.", "Keep both only if both teach."
    ),
    "duplicates.contradictory": rule(
        WARNING,
        "Two different answers to one prompt.",
        "Decide for one, or say why both are right.",
    ),
    "duplicates.validation": rule(
        ERROR,
        "A prompt that is in the validation file too: its loss would flatter the model.",
        "Delete it from one of them.",
    ),
    "duplicates.golden": rule(
        ERROR,
        "A prompt that the model will be judged by.",
        "Delete it here: nothing may be trained on the golden set.",
    ),
    "duplicates.other-file": rule(
        WARNING,
        "Lines of the other file that hold no example and were not compared.",
        "Check that file by itself.",
    ),
}

BALANCE: dict[str, Rule] = {
    "balance.refusals": rule(
        WARNING,
        "Over a fifth of the answers refuse: the model will refuse more than it should.",
        "Add answers, or take refusals out.",
    ),
    "balance.openers": rule(
        WARNING,
        "Over a tenth of the answers open with the same words.",
        "Rewrite some openings.",
    ),
    "balance.languages": rule(
        WARNING,
        "One of the two languages has under a tenth of the examples.",
        "Add examples in it, or leave it out altogether.",
    ),
    "balance.answer-language": rule(
        INFO, "The answer is in another language than the question.", "Look whether that is meant."
    ),
    "balance.members": rule(
        WARNING,
        "Over a third of the questions are one member's.",
        "Ask others for consent, or leave some out.",
    ),
    "balance.lengths": rule(
        INFO, "All answers are about as long.", "Mix short and long ones on purpose."
    ),
    "balance.formatting": rule(
        INFO,
        "Some answers have headings, lists or code and most have none, or the other way round.",
        "Look whether the few are meant.",
    ),
}

DIVERSITY: dict[str, Rule] = {
    "diversity.vendi": rule(
        WARNING,
        "The examples mean much the same: fewer than a tenth as many kinds as examples.",
        "Replace the most alike by others.",
    ),
    "diversity.distinct-2": rule(
        WARNING, "The answers repeat their phrases.", "Rewrite the most repeated ones."
    ),
    "diversity.self-bleu": rule(
        WARNING, "The answers are worded alike.", "Rewrite the most alike ones."
    ),
}

CONSISTENCY: dict[str, Rule] = {
    "consistency.system": rule(
        WARNING,
        "Some examples have a system prompt and some have none.",
        "Give each the prompt that the model will meet in service.",
    ),
    "consistency.systems": rule(
        INFO,
        "There are several system prompts.",
        "Use the same words as in service, to the letter.",
    ),
    "consistency.rare-system": rule(
        WARNING,
        "A system prompt that is nearly the usual one.",
        "Use the usual one: a difference of a word teaches something nobody meant.",
    ),
    "consistency.persona": rule(
        WARNING, "An answer that does not sound like the others.", "Repair it or leave it out."
    ),
    "consistency.facts": rule(
        WARNING,
        "The answer states what the facts of its prompt do not say: it teaches inventing.",
        "Correct the answer, or give the prompt the fact.",
    ),
    "consistency.citation": rule(
        WARNING, "The answer cites a [n] that its prompt does not have.", "Correct the number."
    ),
}
