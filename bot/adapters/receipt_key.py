"""The key under which members and their names are hashed: a file beside the database."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

KEY_BYTES = 32
MARK_BYTES = 4
DIGEST_BYTES = 16


@dataclass(frozen=True, slots=True)
class KeyedHasher:
    """Fulfils ``bot.ports.names.NameHasher`` by HMAC-SHA-256 (RFC 2104)."""

    key: bytes

    @property
    def mark(self) -> bytes:
        """Return what tells this key from another."""
        return hmac.digest(self.key, b"mark", hashlib.sha256)[:MARK_BYTES]

    def hashed(self, guild_id: int, user_id: int) -> str:
        """Return a keyed hash of a member of a guild."""
        return hmac.new(self.key, f"{guild_id}:{user_id}".encode(), hashlib.sha256).hexdigest()

    def digest(self, guild_id: int, text: str) -> bytes:
        """Return a keyed hash of a text, of a guild's own and unlike any of a member."""
        message = f"name:{guild_id}:{text}".encode("utf-8", "surrogatepass")
        return hmac.digest(self.key, message, hashlib.sha256)[:DIGEST_BYTES]


def load_hasher(path: Path) -> KeyedHasher:
    """Return the hasher of the key in a file, which is made where there is none.

    The key is not in the database, so that a copy of that tells nobody's receipt.
    """
    if not path.exists() or path.stat().st_size < KEY_BYTES:  # or a crash cut it short
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f"{path.name}.part")
        unfinished.unlink(missing_ok=True)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
        unfinished.replace(path)
    return KeyedHasher(path.read_bytes())
