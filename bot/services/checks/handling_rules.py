"""What may be wrong with using the file: whose words it holds, and where it is trained on."""

from __future__ import annotations

from bot.services.checks.rule import ERROR, INFO, WARNING, Rule, rule

PRIVACY: dict[str, Rule] = {
    "privacy.secret": rule(
        ERROR,
        "A key, token or password.",
        "Revoke it, then leave it out: a model can be made to say it.",
    ),
    "privacy.personal": rule(
        WARNING, "Personal data.", "Export with redaction, or write a placeholder."
    ),
    "privacy.mention": rule(
        WARNING, "A mention or an id of Discord's.", "Export with redaction, or delete it."
    ),
    "privacy.unsure": rule(INFO, "It may be personal data.", "Look at it: a rule cannot decide."),
    "privacy.consent": rule(
        INFO, "Rows that may not leave, and why.", "For `no_consent`, ask the members (/privacy)."
    ),
    "privacy.provenance": rule(
        INFO,
        "No manifest beside the file says whose words these are.",
        "Make sure that everybody whose words these are agreed.",
    ),
    "privacy.changed": rule(
        WARNING,
        "The file is not the one that its manifest describes.",
        "Export it again, or write down what was changed.",
    ),
}

OPERATIONS: dict[str, Rule] = {
    "operations.shutdown": rule(
        WARNING,
        "The model is shut down soon, and its fine-tunes with it.",
        "Tune another model, or locally.",
    ),
    "operations.gone": rule(
        ERROR, "The model can no longer be tuned there.", "Tune another model, or locally."
    ),
    "operations.unknown-model": rule(
        INFO,
        "Nothing is known of this model: no limit, no price, no date.",
        "Look at the provider's documentation.",
    ),
    "operations.trained": rule(
        WARNING, "This very file was trained on before.", "Look at that job before paying again."
    ),
}
