"""A loopback Discord, gateway and REST, that discord.py's real client connects to.

``serving()`` starts one in a thread of its own; ``point_discord_at`` leads the
client there. It remembers every request, checks bodies against Discord's own
schemas, and refuses or drops connections on demand.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum
from functools import cache
from pathlib import Path
from typing import Any

import discord
import yarl
from aiohttp import WSMsgType, web
from discord.gateway import DiscordWebSocket
from discord.http import Route
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from referencing import Registry
from referencing.jsonschema import DRAFT202012

OPENAPI_FILE = (
    Path(__file__).resolve().parents[2] / "shared" / "data" / "discord_openapi" / "openapi.json"
)
PREFIX = "/api/v10"
TOKEN = "MTIz.fake.token-of-the-loopback-server"  # noqa: S105 - opens nothing
BOT_ID, GUILD_ID, CHANNEL_ID, ALICE_ID = 100, 200, 300, 400
UNKNOWN_TO_DISCORD = 999  # a server that Marv is not on
DROPPED = 4000  # the close code after which Discord expects a RESUME
COMMAND = 2  # an interaction type

Json = Any


class Op(IntEnum):
    """Gateway opcodes."""

    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    RESUME = 6
    HELLO = 10
    HEARTBEAT_ACK = 11


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A REST request as it came in; ``route`` is spelled as in Discord's OpenAPI."""

    method: str
    route: str
    path: str
    body: Json
    at: float


@dataclass(slots=True, kw_only=True)
class DiscordServer:
    """The server: what tests set, and what it remembers."""

    heartbeat_seconds: float = 20.0
    refused_connects: int = 0
    refused_once: set[str] = field(default_factory=set)  # the ends of routes
    close_code_at_identify: int | None = None
    silent: bool = False
    requests: list[Request] = field(default_factory=list)
    frames: list[Json] = field(default_factory=list)
    closed: list[int | None] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    commands: list[Json] = field(default_factory=list)
    port: int = 0
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _socket: web.WebSocketResponse | None = None
    _sequence: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _ids: Iterator[int] = field(default_factory=lambda: itertools.count(10_000))

    @property
    def url(self) -> str:
        """Return the address that ``point_discord_at`` takes."""
        return f"http://127.0.0.1:{self.port}"

    def asked(self, method: str, ending: str) -> list[Request]:
        """Return the requests to the routes that end so."""
        return [
            each for each in self.requests if each.method == method and each.route.endswith(ending)
        ]

    def received(self, op: Op) -> list[Json]:
        """Return the data of the gateway frames with an opcode."""
        return [frame["d"] for frame in self.frames if frame["op"] == op]

    def slash(self, name: str, **options: str | bool) -> float:
        """Let Alice use a command that was synced; return when."""
        return self._send(interaction(self._command(name), options, id_=next(self._ids)))

    def say(self, text: str) -> float:
        """Let Alice say something that mentions Marv; return when."""
        return self._send(
            {
                "t": "MESSAGE_CREATE",
                "d": {
                    **message(f"<@{BOT_ID}> {text}", id_=next(self._ids), author=alice()),
                    "guild_id": str(GUILD_ID),
                    "mentions": [me()],
                    "member": {"roles": [], "joined_at": now(), "flags": 0},
                },
            }
        )

    def drop(self) -> None:
        """Close the gateway connection as Discord does when it wants a RESUME."""
        assert self._socket is not None
        self._run(self._socket.close(code=DROPPED))

    def app(self) -> web.Application:
        """Return the routes."""
        app = web.Application(middlewares=[self._remember])
        webhook = "/webhooks/{webhook_id}/{webhook_token}"
        messages = "/channels/{channel_id}/messages"
        app.router.add_get("/gateway/", self._gateway)
        for method, route, answer in (
            ("GET", "/users/@me", me),
            ("GET", "/oauth2/applications/@me", application),
            ("POST", "/channels/{channel_id}/typing", None),
        ):
            app.router.add_route(method, PREFIX + route, _constant(answer))
        for method, route, handle in (
            ("PUT", "/applications/{application_id}/commands", self._sync),
            ("PUT", "/applications/{application_id}/guilds/{guild_id}/commands", self._sync),
            ("POST", "/interactions/{interaction_id}/{interaction_token}/callback", _callback),
            ("PATCH", f"{webhook}/messages/@original", self._message),
            ("POST", webhook, self._message),
            ("POST", messages, self._message),
            ("PATCH", messages + "/{message_id}", self._message),
        ):
            app.router.add_route(method, PREFIX + route, handle)
        return app

    @web.middleware
    async def _remember(
        self,
        request: web.Request,
        handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
    ) -> web.StreamResponse:
        if not request.path.startswith(PREFIX):
            return await handler(request)
        resource = request.match_info.route.resource
        route = (resource.canonical if resource else request.path).removeprefix(PREFIX)
        body = await request.json() if request.can_read_body else None
        path = request.path.removeprefix(PREFIX)
        self.requests.append(
            Request(method=request.method, route=route, path=path, body=body, at=time.monotonic())
        )
        if refused := {ending for ending in self.refused_once if route.endswith(ending)}:
            self.refused_once -= refused
            return as_json({"message": "unavailable", "code": 0}, status=503)
        if not route.startswith(("/interactions", "/webhooks")) and not _authorized(request):
            return as_json({"message": "401: Unauthorized", "code": 0}, status=401)
        if resource is None:
            self.violations.append(f"{request.method} {path}: no such route on this server")
        elif body is not None and (violation := violation_of(request.method, route, body)):
            self.violations.append(violation)
        return await handler(request)

    async def _sync(self, request: web.Request) -> web.Response:
        guild_id = request.match_info.get("guild_id")
        if guild_id == str(UNKNOWN_TO_DISCORD):
            return as_json({"message": "Missing Access", "code": 50001}, status=403)
        common = {"application_id": str(BOT_ID), "version": "1", "nsfw": False}
        if guild_id is not None:
            common["guild_id"] = guild_id
        self.commands = [
            {"options": [], "description": "", **common, **command, "id": str(next(self._ids))}
            for command in await request.json()
        ]
        return as_json(self.commands)

    async def _message(self, request: web.Request) -> web.Response:
        body = await request.json()
        content = body.get("content") or ""
        return as_json(message(content, id_=next(self._ids), author=me()))

    async def _gateway(self, request: web.Request) -> web.StreamResponse:
        if self.refused_connects:
            self.refused_connects -= 1
            return web.Response(status=503)
        self._socket = socket = web.WebSocketResponse()
        await socket.prepare(request)
        hello = {"heartbeat_interval": int(self.heartbeat_seconds * 1000)}
        await socket.send_json({"op": Op.HELLO, "d": hello, "s": None, "t": None})
        async for frame in socket:
            if frame.type is WSMsgType.TEXT:
                await self._receive(socket, json.loads(frame.data))
            if self.silent:
                await asyncio.Event().wait()
        self.closed.append(socket.close_code)
        return socket

    async def _receive(self, socket: web.WebSocketResponse, frame: Json) -> None:
        self.frames.append(frame)
        if frame["op"] == Op.HEARTBEAT:
            await socket.send_json({"op": Op.HEARTBEAT_ACK, "d": None, "s": None, "t": None})
        elif frame["op"] == Op.RESUME:
            await self._dispatch({"t": "RESUMED", "d": {}})
        elif frame["op"] == Op.IDENTIFY and self.close_code_at_identify:
            await socket.close(code=self.close_code_at_identify)
        elif frame["op"] == Op.IDENTIFY:
            await self._dispatch({"t": "READY", "d": self._ready()})
            await self._dispatch({"t": "GUILD_CREATE", "d": guild()})

    def _ready(self) -> Json:
        return {
            "v": 10,
            "user": me(),
            "guilds": [{"id": str(GUILD_ID), "unavailable": True}],
            "session_id": "session",
            "resume_gateway_url": f"ws://127.0.0.1:{self.port}/gateway/",
            "application": {"id": str(BOT_ID), "flags": 0},
        }

    async def _dispatch(self, event: Json) -> None:
        assert self._socket is not None
        await self._socket.send_json({"op": Op.DISPATCH, "s": next(self._sequence), **event})

    def _send(self, event: Json) -> float:
        at = time.monotonic()
        self._run(self._dispatch(event))
        return at

    def _run(self, work: Coroutine[Any, Any, Any]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=30)

    def _command(self, name: str) -> Json:
        [command] = [each for each in self.commands if each["name"] == name]
        return command


def wait_until(condition: Callable[[], object], *, seconds: float = 20.0) -> None:
    """Wait until a condition holds; raise TimeoutError when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.01)


def point_discord_at(url: str) -> None:
    """Lead discord.py in this process to a loopback server."""
    Route.BASE = url + PREFIX
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url).with_scheme("ws") / "gateway" / ""


@contextmanager
def serving() -> Iterator[DiscordServer]:
    """Run a server, with this process's discord.py led to it."""
    server = DiscordServer()
    loop, before = server._loop, (Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY)
    runner = web.AppRunner(
        server.app(), access_log=None, handler_cancellation=True, shutdown_timeout=0.01
    )
    thread = threading.Thread(target=loop.run_forever, name="discord-server", daemon=True)
    thread.start()
    try:
        server._run(_start(server, runner))
        point_discord_at(server.url)
        yield server
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before
        server._run(runner.cleanup())
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=30)
        loop.close()


async def _start(server: DiscordServer, runner: web.AppRunner) -> None:
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.port = int(runner.addresses[0][1])


def as_json(body: Json, *, status: int = 200) -> web.Response:
    """Answer as Discord does: discord.py parses no JSON whose type has a charset."""
    headers = {"Content-Type": "application/json"}
    return web.Response(body=json.dumps(body).encode(), status=status, headers=headers)


def _authorized(request: web.Request) -> bool:
    return request.headers.get("Authorization") == f"Bot {TOKEN}"


def _constant(
    answer: Callable[[], Json] | None,
) -> Callable[[web.Request], Coroutine[Any, Any, web.Response]]:
    async def handle(_: web.Request) -> web.Response:
        return web.Response(status=204) if answer is None else as_json(answer())

    return handle


async def _callback(request: web.Request) -> web.Response:
    id_ = request.match_info["interaction_id"]
    return as_json({"interaction": {"id": id_, "type": COMMAND}})


def violation_of(method: str, route: str, body: Json) -> str | None:
    """Return how a body breaks Discord's schema, None when it does not or none is at hand."""
    if not OPENAPI_FILE.is_file():
        return None
    error = best_match(_validator(method, route).iter_errors(body))
    return error and f"{method} {route}: {error.json_path}: {error.message[-300:]}"


@cache
def _validator(method: str, route: str) -> Draft202012Validator:
    operation = f"{route.replace('/', '~1')}/{method.lower()}"
    body = "requestBody/content/application~1json/schema"
    return Draft202012Validator(
        {"$ref": f"urn:discord#/paths/{operation}/{body}"}, registry=_registry()
    )


@cache
def _registry() -> Registry[Any]:
    document = json.loads(OPENAPI_FILE.read_text("utf-8"))
    # the schema says text, the API takes numbers too, and discord.py sends them
    document["components"]["schemas"]["SnowflakeType"] = {"type": ["string", "integer"]}
    resource = DRAFT202012.create_resource(document)
    registry: Registry[Any] = Registry().with_resource("urn:discord", resource)
    return registry


def now() -> str:
    return datetime.now(UTC).isoformat()


def user(id_: int, name: str, *, bot: bool) -> Json:
    return {
        "id": str(id_),
        "username": name,
        "discriminator": "0",
        "global_name": name.title(),
        "avatar": None,
        "bot": bot,
        "flags": 0,
    }


def me() -> Json:
    return {**user(BOT_ID, "marv", bot=True), "verified": True, "mfa_enabled": False, "email": None}


def alice() -> Json:
    return user(ALICE_ID, "alice", bot=False)


def application() -> Json:
    return {
        "id": str(BOT_ID),
        "name": "Marv",
        "icon": None,
        "description": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "key",
        "owner": alice(),
        "team": None,
        "flags": 0,
    }


def guild() -> Json:
    everyone = {
        "id": str(GUILD_ID),
        "name": "@everyone",
        "color": 0,
        "hoist": False,
        "position": 0,
        "permissions": str(discord.Permissions.text().value),
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }
    member = {"user": me(), "roles": [], "joined_at": now(), "deaf": False, "mute": False}
    return {
        "id": str(GUILD_ID),
        "name": "Harbor",
        "owner_id": str(ALICE_ID),
        "unavailable": False,
        "member_count": 2,
        "roles": [everyone],
        "channels": [channel()],
        "members": [{**member, "flags": 0}],
        "emojis": [],
        "features": [],
        "preferred_locale": "en-US",
    }


def channel() -> Json:
    return {"id": str(CHANNEL_ID), "type": 0, "name": "general", "position": 0, "nsfw": False}


def message(content: str, *, id_: int, author: Json) -> Json:
    return {
        "id": str(id_),
        "channel_id": str(CHANNEL_ID),
        "author": author,
        "content": content,
        "timestamp": now(),
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "pinned": False,
        "type": 0,
        "flags": 0,
    }


def interaction(command: Json, options: dict[str, str | bool], *, id_: int) -> Json:
    """Return the event of Alice using a command in the server's only channel."""
    permissions = str(discord.Permissions.text().value)
    used = {key: command[key] for key in ("id", "name", "type", "guild_id") if key in command}
    kinds = {option["name"]: option["type"] for option in command["options"]}
    member = {"user": alice(), "roles": [], "joined_at": now(), "deaf": False, "mute": False}
    return {
        "t": "INTERACTION_CREATE",
        "d": {
            "id": str(id_),
            "application_id": str(BOT_ID),
            "type": COMMAND,
            "token": f"interaction-token-{id_}",
            "version": 1,
            "guild_id": str(GUILD_ID),
            "channel_id": str(CHANNEL_ID),
            "channel": {**channel(), "permissions": permissions},
            "member": {**member, "flags": 0, "permissions": permissions},
            "app_permissions": permissions,
            "locale": "en-US",
            "guild_locale": "en-US",
            "entitlements": [],
            "attachment_size_limit": 10 * 2**20,
            "data": {
                **used,
                "options": [
                    {"name": name, "type": kinds[name], "value": value}
                    for name, value in options.items()
                ],
            },
        },
    }
