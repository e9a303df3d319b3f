"""The key that makes a member in a receipt unrecognisable: a file beside the database."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class KeyedHasher:
    """Fulfils ``bot.ports.erasure.MemberHasher`` by HMAC-SHA-256 (RFC 2104)."""

    key: bytes

    def hashed(self, guild_id: int, user_id: int) -> str:
        """Return a keyed hash of a member of a guild."""
        return hmac.new(self.key, f"{guild_id}:{user_id}".encode(), hashlib.sha256).hexdigest()


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
