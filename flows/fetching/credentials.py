"""The file `secrets.toml`: what the user sends to hosts that require a login.

It is in the data folder, and only its owner should be able to read it. Its values are added to
a request when it is sent (`flows.fetching.transport`) and are shown and stored nowhere. An
error names the file and the section, never a value.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from flows.errors import SecretsError
from flows.toml_tables import unknown_key

Pairs = tuple[tuple[str, str], ...]

_KEYS: Final = ("host", "path", "user", "password", "query", "headers", "cookies", "over_http")
_TABLES: Final = ("query", "headers", "cookies")
_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # a token of RFC 9110
# Headers that the connection needs, or that another key sets.
_OUR_HEADERS: Final = frozenset({"host", "connection", "content-length", "cookie", "te", "upgrade"})


class _SectionError(ValueError):
    """A section cannot be used; the message names it and says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """One section of the file.

    Attributes:
        host: Host in lower case, with its port if it is not the usual one.
        path: Pattern for the path of a URL, in which `*` stands for any characters.
        login: User and password; None without them.
        query: Fields that are added to the query.
        over_http: Whether they are sent without encryption, too.
    """

    host: str
    path: str = "*"
    login: tuple[str, str] | None = field(default=None, repr=False)
    query: Pairs = field(default=(), repr=False)
    headers: Pairs = field(default=(), repr=False)
    cookies: Pairs = field(default=(), repr=False)
    over_http: bool = False

    @property
    def values(self) -> tuple[str, ...]:
        """The secret values."""
        pairs = (*self.query, *self.headers, *self.cookies)
        return (*(self.login or ())[1:], *(value for _, value in pairs))


@dataclass(frozen=True, slots=True)
class Credentials:
    """All sections of the file, in its order."""

    sections: tuple[Credential, ...] = ()

    def find(self, url: str) -> Credential | None:
        """Return the section for a request to `url`, None if nothing may be sent there.

        If several match, the one with the longest path counts.

        >>> known = Credentials((Credential(host="wire.example", query=(("key", "4711"),)),))
        >>> known.find("https://wire.example/feed") is None, known.find("http://wire.example/")
        (False, None)
        """
        if not self.sections:
            return None
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2].lower()
        found = [
            section
            for section in self.sections
            if section.host == host
            and (parts.scheme == "https" or section.over_http)
            and fnmatchcase(parts.path or "/", section.path)
        ]
        return max(found, key=lambda section: len(section.path), default=None)


NO_CREDENTIALS: Final = Credentials()


def read_credentials(path: Path) -> Credentials:
    """Return the sections of a file; without a file there are none.

    Raises:
        SecretsError: The file or one of its sections cannot be used.
    """
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return NO_CREDENTIALS
    except (OSError, UnicodeDecodeError) as exc:
        problem = getattr(exc, "strerror", None) or "it is not UTF-8: save it as UTF-8"
        raise SecretsError(path, f"cannot be read: {problem}") from None
    try:
        return parse_credentials(text)
    except tomllib.TOMLDecodeError as exc:
        where = re.search(r"\(at .*\)$", str(exc))  # the rest may quote the line
        place = where[0][1:-1] if where else "somewhere"
        raise SecretsError(path, f"is not TOML, {place}: correct that line") from None
    except _SectionError as exc:
        raise SecretsError(path, str(exc)) from None


def parse_credentials(text: str) -> Credentials:
    """Return the sections of a TOML text; raises ValueError if one cannot be used."""
    tables = tomllib.loads(text)
    _refuse_unknown("the file", tables, ["secrets"], "start each section with [[secrets]]")
    listed = tables.get("secrets", [])
    if not isinstance(listed, list) or not all(isinstance(table, dict) for table in listed):
        problem = "secrets: got one table, expected several: write [[secrets]] above each section"
        raise _SectionError(problem)
    return Credentials(tuple(_parse(number, table) for number, table in enumerate(listed, 1)))


def _parse(number: int, table: Mapping[str, Any]) -> Credential:
    name = f"section {number}"
    host = _read_host(name, table.get("host"))
    name = f"section {number} ({host})"
    _refuse_unknown(name, table, _KEYS)
    if not table.keys() & {"user", "password", *_TABLES}:
        raise _SectionError(f"{name}: has no secret: give it user and password, {_listed(_TABLES)}")
    over_http = table.get("over_http", False)
    if not isinstance(over_http, bool):
        raise _SectionError(f"{name}: over_http: expected true or false")
    path = table.get("path", "*")
    if not isinstance(path, str) or not path.startswith(("/", "*")) or "?" in path:
        raise _SectionError(f'{name}: path: expected a path: write path = "/feeds/*"')
    return Credential(
        host=host,
        path=path.replace("[", "[[]"),  # only `*` has a meaning
        login=_read_login(name, table),
        over_http=over_http,
        **{key: _read_pairs(name, key, table.get(key, {})) for key in _TABLES},
    )


def _read_host(name: str, host: object) -> str:
    example = 'write host = "wire.example"'
    if not isinstance(host, str) or not host:
        raise _SectionError(f"{name}: has no host: {example}")
    if re.search(r"[/?#@\s*]", host):
        raise _SectionError(f"{name}: host: expected only the host: {example}")
    return host.lower()


def _read_login(name: str, table: Mapping[str, Any]) -> tuple[str, str] | None:
    if not table.keys() & {"user", "password"}:
        return None
    user, password = table.get("user"), table.get("password")
    if not isinstance(user, str) or not isinstance(password, str) or ":" in user:
        raise _SectionError(f"{name}: expected user and password, both texts; no colon in user")
    return user, password


def _read_pairs(name: str, key: str, table: object) -> Pairs:
    if not isinstance(table, dict) or not all(isinstance(value, str) for value in table.values()):
        raise _SectionError(f'{name}: {key}: expected texts: write {key} = {{ name = "value" }}')
    for own, value in table.items():
        if key != "query" and not _NAME.fullmatch(own):
            raise _SectionError(f"{name}: {key}: {own!r} is not a valid name")
        if key == "headers" and own.lower() in _OUR_HEADERS:
            raise _SectionError(f"{name}: headers: {own!r} cannot be set here")
        is_plain = value.isascii() and value.isprintable() and value == value.strip()
        if key != "query" and (not is_plain or (key == "cookies" and ";" in value)):
            problem = (
                "has characters that cannot be sent: remove line breaks, and blanks at its ends"
            )
            raise _SectionError(f"{name}: {key}: the value of {own!r} {problem}")
    return tuple(table.items())


def _refuse_unknown(
    name: str, table: Mapping[str, Any], known: Iterable[str], hint: str = ""
) -> None:
    if problem := unknown_key(table, known, hint):
        raise _SectionError(f"{name}: {problem}")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
