"""Manners: in whose voice an answer is given, how sarcastic, and when not at all."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.errors import ConfigurationError
from bot.models import ChatMessage, Language
from bot.moderation import Verdict
from bot.persona import LEAST_VOICED, MOST, PLAIN, USUAL, Persona, Remark, chosen
from bot.prompts import prompt
from bot.services.remarks import claims_nothing
from bot.services.replies import PLAIN_DONT_KNOW, PLAIN_SMALL_TALK, SERIOUS
from bot.services.seriousness import Seriousness
from bot.services.settings_desk import SettingsDesk
from bot.topics import Topic

log = logging.getLogger(__name__)

Help = Mapping[Topic, Mapping[Language, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """The voice of one answer; a ``topic`` makes it serious, whatever the dial says."""

    persona: Persona
    sarcasm: int = USUAL
    topic: Topic | None = None
    help: Mapping[Language, str] = field(default_factory=dict)

    @property
    def plain(self) -> bool:
        """Tell whether nothing may be added to the facts."""
        return self.topic is not None or self.sarcasm == PLAIN

    @property
    def voiced(self) -> bool:
        """Tell whether a model may make remarks of its own."""
        return not self.plain and self.sarcasm >= LEAST_VOICED

    def system(self, language: Language) -> str:
        """Return what a model is told about who it is, now."""
        if self.topic is not None:
            return prompt(f"serious_{language}").format(name=self.persona.name, topic=self.topic)
        lines = self.persona.dial.get(language)
        text = self.persona.system_prompt[language]
        return f"{text}\n{lines[self.sarcasm]}" if lines else text

    def few_shot(self, language: Language) -> tuple[ChatMessage, ...]:
        """Return the examples that fit, none where it is serious."""
        if self.topic is not None:
            return ()
        return self.persona.few_shot(language, sarcasm=self.sarcasm)

    def opener(self, language: Language, *, seed: str) -> str:
        """Return hand-written words before facts, empty where nothing may be added."""
        return "" if self.plain else self._remark(Remark.OPENER, language, seed)

    def closer(self, language: Language, *, seed: str) -> str:
        """Return hand-written words after facts, where the dial is at its end."""
        loud = not self.plain and self.sarcasm == MOST
        return self._remark(Remark.CLOSER, language, seed) if loud else ""

    def dont_know(self, language: Language, *, seed: str) -> str:
        """Return how to say that the documents do not say."""
        if self.topic is not None:
            return SERIOUS[self.topic][language]
        own = self._remark(Remark.DONT_KNOW, language, seed)
        return own or chosen(PLAIN_DONT_KNOW[language], seed=seed)

    def small_talk(self, language: Language, *, seed: str) -> str:
        """Return what to say where there is nothing to say and no model to say it."""
        if self.topic is not None:
            return SERIOUS[self.topic][language]
        own = self._remark(Remark.SMALL_TALK, language, seed)
        return own or chosen(PLAIN_SMALL_TALK[language], seed=seed)

    def _remark(self, kind: Remark, language: Language, seed: str) -> str:
        return self.persona.remark(kind, language, sarcasm=self.sarcasm, seed=seed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Personas:
    """The personas that there are, by name."""

    known: Mapping[str, Persona]
    default: Persona

    @classmethod
    def of(cls, known: Mapping[str, Persona], *, default: str) -> Personas:
        """Check them: hand-written remarks go out unread, so they may state nothing.

        Raises ConfigurationError that names the persona and the remark.
        """
        if default not in known:
            raise ConfigurationError(f"there is no persona {default}: known are {', '.join(known)}")
        for persona in known.values():
            for remark in _remarks(persona):
                if not claims_nothing(remark, ""):
                    raise ConfigurationError(
                        f"the persona {persona.name} states something in a remark (a number, a"
                        f" name, a link or a mark): {remark!r}. Remarks stand beside facts and may"
                        " only be about nothing."
                    )
        return cls(known=known, default=known[default])

    @property
    def names(self) -> tuple[str, ...]:
        """Return their names, the default first."""
        others = sorted(name for name in self.known if name != self.default.name)
        return (self.default.name, *others)

    def get(self, name: str) -> Persona:
        """Return a persona; for one whose file is gone the default, with a word in the log."""
        if (persona := self.known.get(name)) is None:
            log.warning("There is no persona %s any more: %s speaks", name, self.default.name)
            return self.default
        return persona


def _remarks(persona: Persona) -> Sequence[str]:
    """Return a persona's openers and closers, which stand beside facts."""
    return [
        remark
        for kind in (Remark.OPENER, Remark.CLOSER)
        for levels in persona.remarks.get(kind, {}).values()
        for remarks in levels.values()
        for remark in remarks
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """Chooses the manner of an answer."""

    personas: Personas
    settings: SettingsDesk
    seriousness: Seriousness
    help: Help

    async def of(self, guild_id: int, channel_id: int, text: str) -> Manner:
        """Return the manner in which a message is answered; a thread's channel is its parent."""
        preferences = await self.settings.show(guild_id, channel_id)
        topic = await self.seriousness.topic(text)
        return Manner(
            persona=self.personas.get(preferences.persona),
            sarcasm=preferences.sarcasm,
            topic=topic,
            help=self.help[topic] if topic else {},
        )

    def after(self, verdict: Verdict, manner: Manner) -> Manner:
        """Return the manner once a moderator has read the words too: grave, if they are."""
        if not verdict.self_harm:
            return manner
        return replace(manner, topic=Topic.CRISIS, help=self.help[Topic.CRISIS])
