"""The tokens of programs: who may ask without a password, and what they may do.

A token is a random string of 256 bits. Nobody can guess it, however fast the hash is, so the file
keeps a plain SHA-256 of it; a slow hash with a salt, as for passwords, would only make each request
slow. Whoever reads the file learns no token.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import re
import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Final

import orjson

from flows.errors import TokenError
from flows.web.scopes import Scope, as_text, scopes_from
from warehouse.errors import WarehouseError
from warehouse.files import replace_private
from warehouse.folder import DataFolder
from warehouse.lock import writer_lock

PREFIX: Final = "onrecord_"  # so that programs that look for secrets in files find it
_BYTES: Final = 32
_MOST_CHARS: Final = 60
_NAME: Final = re.compile(rf"[^\W_][\w.-]{{0,{_MOST_CHARS - 1}}}")
_WAIT_S: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What is known about a token.

    Attributes:
        name: Its name, for people and for the log.
        digest: Its SHA-256, in hexadecimal.
        scopes: What its bearer may do.
        created_on: When it was added, UTC.
        until: The last day on which it can be used, UTC; None for no end.
        limit: Requests a minute; None for the number in the settings.
        used_on: When it was used last, UTC; None for never.
    """

    name: str
    digest: str
    scopes: frozenset[Scope]
    created_on: date
    until: date | None = None
    limit: int | None = None
    used_on: date | None = None


class Tokens:
    """The tokens of a data folder; the file is read again when it changes."""

    def __init__(self, folder: DataFolder) -> None:
        """Take the folder; its file is not read before the first use."""
        self._folder = folder
        self._lock = threading.Lock()
        self._seen: tuple[int, ...] = ()
        self._tokens: tuple[Token, ...] = ()
        self._noted: dict[str, date] = {}

    def find(self, secret: str, *, today: date) -> Token | None:
        """Return the token with this secret; None if there is none, or if its time is over.

        Every token is compared, each in constant time.
        """
        digest, found = digest_of(secret), None
        for token in self._current():
            if hmac.compare_digest(token.digest, digest):
                found = token
        return None if found is None or (found.until and found.until < today) else found

    def has_noted(self, token: Token, *, today: date) -> bool:
        """Whether it is known already that a token was used on this day."""
        return token.used_on == today or self._noted.get(token.digest) == today

    def note_use(self, token: Token, *, today: date) -> None:
        """Write down that a token was used on a day; that this is not possible is no error."""
        self._noted[token.digest] = today

        def noted(tokens: Sequence[Token]) -> list[Token]:
            return [
                replace(one, used_on=today) if one.digest == token.digest else one for one in tokens
            ]

        with contextlib.suppress(TokenError, WarehouseError, OSError):
            _change(self._folder, noted)

    def _current(self) -> tuple[Token, ...]:
        seen: tuple[int, ...] = ()
        with contextlib.suppress(OSError):
            found = self._folder.tokens.stat()
            seen = (found.st_ino, found.st_mtime_ns, found.st_size)
        with self._lock:
            if seen != self._seen:
                self._tokens = ()  # a file that cannot be read opens nothing
                self._seen = seen
                try:
                    self._tokens = read_tokens(self._folder)
                except TokenError:
                    self._seen = ()  # look again at the next request
            return self._tokens


def add_token(
    folder: DataFolder,
    name: str,
    scopes: frozenset[Scope],
    *,
    until: date | None = None,
    limit: int | None = None,
    now: datetime,
) -> str:
    """Add a token and return its secret, which is kept nowhere.

    Raises:
        TokenError: The name is no name or is taken, or the file of tokens cannot be read.
        WarehouseError: The file cannot be written.
    """
    if not _NAME.fullmatch(name):
        raise TokenError(name, f"a name has up to {_MOST_CHARS} letters, digits, -, . and _")
    secret = PREFIX + secrets.token_urlsafe(_BYTES)
    token = Token(
        name=name,
        digest=digest_of(secret),
        scopes=scopes,
        created_on=now.astimezone(UTC).date(),
        until=until,
        limit=limit,
    )

    def added(tokens: Sequence[Token]) -> list[Token]:
        if any(one.name.casefold() == name.casefold() for one in tokens):
            raise TokenError(name, "there is already a token with this name: give another one")
        return [*tokens, token]

    _change(folder, added)
    return secret


def revoke_token(folder: DataFolder, name: str) -> Token:
    """Remove a token, which opens nothing from now on; return what was known about it.

    Raises:
        TokenError: There is none with this name.
        WarehouseError: The file cannot be written.
    """
    gone: list[Token] = []

    def without(tokens: Sequence[Token]) -> list[Token]:
        gone.extend(one for one in tokens if one.name.casefold() == name.casefold())
        if not gone:
            raise TokenError(name, "there is no such token: see `onrecord token list`")
        return [one for one in tokens if one not in gone]

    _change(folder, without)
    return gone[0]


def read_tokens(folder: DataFolder) -> tuple[Token, ...]:
    """Return the tokens in the order in which they were added; none if there is no file.

    Raises:
        TokenError: The file cannot be read.
    """
    try:
        return tuple(map(_token, orjson.loads(folder.tokens.read_bytes())["tokens"]))
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, KeyError, TypeError) as exc:
        problem = "cannot be read as the tokens of programs: remove it and add new ones"
        raise TokenError(str(folder.tokens), problem) from exc


def digest_of(secret: str) -> str:
    """Return what the file keeps of a token.

    >>> digest_of("onrecord_abc")[:8]
    'f4b47d0a'
    """
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _change(folder: DataFolder, changed: Callable[[Sequence[Token]], Sequence[Token]]) -> None:
    """Change the file, so that no change of another process is lost."""
    folder.root.mkdir(parents=True, exist_ok=True)
    with writer_lock(folder.tokens_lock, wait_s=_WAIT_S):
        tokens = [_written(one) for one in changed(read_tokens(folder))]
        with replace_private(folder.tokens) as partial:
            content = orjson.dumps({"tokens": tokens}, option=orjson.OPT_INDENT_2)
            partial.write_bytes(content + b"\n")
        folder.tokens.chmod(0o600)  # whatever it was before


def _written(token: Token) -> dict[str, object]:
    return {
        "name": token.name,
        "sha256": token.digest,
        "scopes": as_text(token.scopes),
        "created_on": token.created_on,
        "until": token.until,
        "limit": token.limit,
        "used_on": token.used_on,
    }


def _token(kept: dict[str, str | int | None]) -> Token:
    def day(name: str) -> date | None:
        return date.fromisoformat(str(kept[name])) if kept.get(name) else None

    limit = kept.get("limit")
    return Token(
        name=str(kept["name"]),
        digest=str(kept["sha256"]),
        scopes=scopes_from(str(kept["scopes"])),
        created_on=date.fromisoformat(str(kept["created_on"])),
        until=day("until"),
        limit=None if limit is None else int(limit),
        used_on=day("used_on"),
    )
