"""What may be wrong with a file and its lines, before anything is an example."""

from __future__ import annotations

from bot.services.checks.rule import ERROR, INFO, Rule, rule

FILE: dict[str, Rule] = {
    "file.size": rule(
        ERROR, "The file is over 512 MB, the most that OpenAI takes.", "Split it or leave rows out."
    ),
    "file.encoding": rule(
        ERROR, "Bytes that are not UTF-8.", "Save the file as UTF-8 without a byte order mark."
    ),
    "file.bom": rule(
        ERROR, "A byte order mark.", "Save the file as UTF-8 without a byte order mark."
    ),
    "file.nul": rule(ERROR, "A NUL byte: the file is binary or damaged.", "Write it again."),
    "file.surrogate": rule(
        ERROR,
        "Half a surrogate pair, which no UTF-8 text can hold.",
        "Mend the program that cut the text in the middle of a character.",
    ),
    "file.blank": rule(ERROR, "A blank line.", "Delete the line."),
    "file.long": rule(ERROR, "A line over 64 MB, not read further.", "Leave the row out."),
    "file.cut": rule(
        ERROR, "The last line ends in the middle.", "Write the file again: it was cut off."
    ),
    "file.json": rule(
        ERROR, "Not JSON.", "Put exactly one JSON object on each line; an array is no JSON lines."
    ),
    "file.object": rule(
        ERROR, "JSON, but not an object.", "Put exactly one JSON object on each line."
    ),
    "file.nested": rule(ERROR, "JSON nested too deeply to be read.", "Leave the row out."),
    "file.duplicate-key": rule(
        ERROR, "A key twice in one object: readers disagree which counts.", "Delete one of them."
    ),
    "file.nan": rule(
        ERROR, "NaN or Infinity, which JSON does not have.", "Write null or leave the key out."
    ),
    "file.crlf": rule(INFO, "Lines end as on Windows (CR LF).", "Nothing, unless a tool minds."),
    "file.few": rule(
        ERROR,
        "Fewer than 10 examples, the fewest that OpenAI takes.",
        "Add examples: 50 to 100 are a start.",
    ),
    "file.small": rule(
        INFO, "Fewer than 50 examples.", "Fifty well-made examples are where tuning starts to show."
    ),
}
