"""A member's words, written wherever Marv keeps words, and the search for what is left of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from bot.adapters.sqlite import Database, SqliteLibrary
from bot.audience import EVERYONE, sees_everything
from bot.channels import AddedChannel, ChannelMessage, Place
from bot.client import Marv
from bot.consent import Door, Scope
from bot.dataset import Format
from bot.feedback import Fault
from bot.inquiry import Inquiry, VoteValue
from bot.models import Provenance, TurnId
from bot.services.keeping import Asked
from bot.services.kept_messages import ChosenMessage
from bot.services.turns import Asker

GUILD, CHANNEL, STAFF = 1_200_000_000_000_000_001, 1_200_000_000_000_000_050, 99
MEMBER, OTHER = 1_300_000_000_000_000_777, 1_300_000_000_000_000_888
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)

CANARIES = {
    "ask": "zephyrquill",
    "chat": "mossgasket",
    "inquiry": "ticklebarn",
    "vote": "grumblefig",
    "message": "oakwhistle",
    "deleted": "fernrattle",
    "kept": "plumsprocket",
    "entry": "dustlantern",
    "example": "glintpickle",
    "ask_ja": "霧笛烏賊墨",
    "message_ja": "月暈小判鮫",
    "kept_ja": "琥珀蟋蟀箱",
    "entry_ja": "緋色羅針盤蟹",
}
GREEN = "Is the compass needle green?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Bytes that were found, and where."""

    name: str
    file: str


def database_of(marv: Marv) -> Database:
    """Return the database under Marv."""
    library = marv.services.library.library
    assert isinstance(library, SqliteLibrary)
    return library.database


async def write_everywhere(marv: Marv) -> None:
    """Let a member leave words in every place through the services that members and staff use."""
    services = marv.services
    await services.library.add_text(
        GUILD, title="Tides", text="The tide turns twice a day.", added_by=STAFF
    )
    await services.privacy.decide(GUILD, MEMBER, Scope.TRAINING, door=Door.COMMAND)
    await services.privacy.decide(GUILD, OTHER, Scope.TRAINING, door=Door.COMMAND)
    await services.privacy.owes_notice(GUILD, MEMBER)
    asked = [await ask(marv, MEMBER, f"What of {CANARIES[key]}?") for key in ("ask", "ask_ja")]
    await chat(marv, MEMBER, f"I love {CANARIES['chat']} very much")
    await chat(marv, OTHER, "I only love the tide")
    await services.votes.cast(message_of(asked[0]), MEMBER, VoteValue.DOWN)
    await services.votes.explain(
        GUILD, asked[0], by=MEMBER, fault=Fault.OTHER, words=f"I said {CANARIES['vote']}!"
    )
    await services.votes.cast(message_of(asked[0]), OTHER, VoteValue.UP)
    await pass_on(marv, asked[0], CANARIES["inquiry"], "The staff know.", by=MEMBER)
    for key in ("entry", "entry_ja"):
        await keep_entry(marv, await ask(marv, MEMBER, f"Where is {CANARIES[key]}?"))
    await keep_example(marv, await ask(marv, MEMBER, f"Who is {CANARIES['example']}?"))
    await speak(marv)
    await keep_message(marv, 501, f"The compass needle is green. Ask {CANARIES['kept']}.")
    await keep_message(marv, 502, f"引き出しは三段目です。{CANARIES['kept_ja']}に聞いて。")
    await ask(marv, OTHER, GREEN)  # its answer cites the kept message by its title
    await services.dataset.export_now(GUILD)
    await services.dataset.versions.freeze(GUILD, "before", by=STAFF)
    await services.dataset.export_version(GUILD, "before", format_=Format.CHAT)


async def ask(marv: Marv, member: int, question: str) -> TurnId:
    """Ask, and let the answer be shown by a message."""
    [last] = [
        each
        async for each in marv.services.ask.ask(asker(member), question)
        if each.turn_id is not None
    ]
    assert last.turn_id is not None
    await marv.services.ask.recorder.delivered(last.turn_id, message_of(last.turn_id))
    return last.turn_id


async def chat(marv: Marv, member: int, text: str) -> None:
    """Chat."""
    async for _ in marv.services.chat.reply(asker(member), text):
        pass


async def pass_on(marv: Marv, turn_id: TurnId, words: str, answer: str, *, by: int) -> Inquiry:
    """Ask the staff, and let them answer."""
    inquiries = marv.services.inquiries
    turn = await inquiries.askable(GUILD, turn_id, by=by)
    opened = await inquiries.open(turn, f"And what of {words}?", by=by)
    await inquiries.posted(opened, channel_id=CHANNEL, message_id=900)
    return await inquiries.answer(opened, answer, by=STAFF)


async def keep_entry(marv: Marv, turn_id: TurnId) -> None:
    """Let staff make a member's question and their own answer a document."""
    inquiries = marv.services.inquiries
    asked = await _asked(marv, turn_id)
    await inquiries.keeping.in_library(
        GUILD,
        f"answer:turn:{turn_id}",
        question=asked.question,
        answer=f"Behind shelf {turn_id}, says the staff.",
        audience=EVERYONE,
        by=STAFF,
        asked=asked,
    )


async def keep_example(marv: Marv, turn_id: TurnId) -> None:
    """Let staff make a member's question a training example."""
    asked = await _asked(marv, turn_id)
    await marv.services.inquiries.keeping.as_example(
        GUILD, asked, question=asked.question, answer="Nobody you know.", by=STAFF
    )


async def _asked(marv: Marv, turn_id: TurnId) -> Asked:
    turn = await marv.services.chat.log.by_id(GUILD, turn_id)
    assert turn is not None
    assert turn.question is not None
    return Asked(question=turn.question, author_id=turn.author_id, provenance=turn.provenance)


async def speak(marv: Marv) -> None:
    """Let members speak in a channel that is a source, and one message be deleted again."""
    channels, place = marv.services.channels, PLACE
    await channels.settings.change(GUILD, {"read_channels": True}, changed_by=STAFF)
    await channels.add(
        AddedChannel(guild_id=GUILD, server_id=GUILD, channel_id=CHANNEL, added_by=STAFF)
    )
    channels.level.add(CHANNEL)
    said = [
        (401, MEMBER, f"The {CANARIES['message']} sleeps in the hold"),
        (402, OTHER, "The anchor is made of iron"),
        (403, MEMBER, f"{CANARIES['message_ja']}は船倉で眠る"),
        (404, MEMBER, f"The {CANARIES['deleted']} was a mistake"),
    ]
    for id_, author, text in said:
        message = ChannelMessage(
            id=id_, author_id=author, sent_at=NOON + timedelta(minutes=id_), text=text
        )
        await channels.hear(place, message)
    await channels.flush()
    channels.miss(GUILD, CHANNEL, (404,))
    await channels.flush()


PLACE = Place(guild_id=GUILD, channel_id=CHANNEL, id=CHANNEL, title="harbor")


async def keep_message(marv: Marv, message_id: int, text: str) -> None:
    """Let staff keep a member's message."""
    message = ChosenMessage(
        guild_id=GUILD,
        server_id=GUILD,
        channel_id=CHANNEL,
        place_id=CHANNEL,
        id=message_id,
        author_id=MEMBER,
        text=text,
    )
    await marv.services.keeper.keep(message, title=f"Says {text[-16:]}", text=text, kept_by=STAFF)


def asker(member: int) -> Asker:
    """Return a member who asks by a command."""
    return Asker(
        guild_id=GUILD,
        channel_id=CHANNEL,
        author_id=member,
        provenance=Provenance.INTERACTION,
        viewer=sees_everything,
    )


def message_of(turn_id: TurnId) -> int:
    """Return the message that shows a turn."""
    return 7_000_000 + turn_id


def needles() -> Mapping[str, tuple[bytes, ...]]:
    """Return the bytes of every canary, as text is written on disks."""
    encodings = ("utf-8", "utf-16-le", "utf-16-be")
    found = {key: tuple(word.encode(each) for each in encodings) for key, word in CANARIES.items()}
    # as JSON that keeps to ASCII writes it
    for key, word in CANARIES.items():
        escaped = word.encode("ascii", "backslashreplace")
        found[key] = (*found[key], escaped)
    return found


async def vector_needles(marv: Marv) -> Mapping[str, tuple[bytes, ...]]:
    """Return the bytes of the vectors of every passage that a canary stands in."""
    rows = await database_of(marv).rows(
        "SELECT c.text, d.title, v.vector FROM chunks c JOIN documents d ON d.id = c.document_id"
        " JOIN vectors v ON v.embed_hash = c.embed_hash"
    )
    found: dict[str, tuple[bytes, ...]] = {}
    for number, row in enumerate(rows):
        if any(word in f"{row['title']} {row['text']}" for word in CANARIES.values()):
            half = np.frombuffer(row["vector"], dtype="<f2")
            found[f"vector {number}"] = (row["vector"], half.astype("<f4").tobytes())
    return found


def search(directory: Path, needles: Mapping[str, Iterable[bytes]]) -> list[Trace]:
    """Return every file of a directory that holds any of some bytes, upper case or lower."""
    traces = []
    for path in sorted(directory.rglob("*")):
        if not path.is_file():
            continue
        content = path.read_bytes()
        lowered = content.lower()
        traces += [
            Trace(name=name, file=str(path.relative_to(directory)))
            for name, forms in needles.items()
            if any(form in content or form in lowered for form in forms)
        ]
    return traces
