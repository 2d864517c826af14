"""What a reader may do, and which addresses need which of it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Scope(StrEnum):
    """Something that a reader may do.

    Attributes:
        READ: See pages and download what they show.
        SQL: Run own queries.
        MANAGE: Change feeds and watches, fetch from other sites, and start runs.
    """

    READ = "read"
    SQL = "sql"
    MANAGE = "manage"


EVERY: Final = frozenset(Scope)
OF_READERS: Final = frozenset({Scope.READ, Scope.SQL})  # who signed in with their password

# Addresses that need something else than `needed` takes for granted.
_NEEDED: Final[Mapping[tuple[str, str], Scope]] = {
    ("GET", "/data/sql"): Scope.SQL,
    ("GET", "/data/sql.{kind}"): Scope.SQL,
    ("GET", "/feeds/new"): Scope.MANAGE,  # fetches what a reader names
    ("GET", "/feeds/{feed_id}/remove"): Scope.MANAGE,
}


def needed(method: str, path: str) -> Scope:
    """Return what a reader needs for a route; a change needs `manage` unless the table differs.

    >>> needed("GET", "/today"), needed("POST", "/a/new/route")
    (<Scope.READ: 'read'>, <Scope.MANAGE: 'manage'>)
    """
    usual = Scope.READ if method in ("GET", "HEAD") else Scope.MANAGE
    return _NEEDED.get((method, path), usual)


def as_text(scopes: frozenset[Scope]) -> str:
    """Return scopes as `scopes_from` reads them.

    >>> as_text(EVERY)
    'read,sql,manage'
    """
    return ",".join(scope for scope in Scope if scope in scopes)


def scopes_from(names: str) -> frozenset[Scope]:
    """Return the scopes in a list with commas; raises ValueError unless `read` is one of them.

    >>> sorted(scopes_from("sql, read"))
    [<Scope.READ: 'read'>, <Scope.SQL: 'sql'>]
    """
    given = {name.strip().lower() for name in names.split(",")} - {""}
    if Scope.READ not in given or given - EVERY:
        raise ValueError("read, and with it sql, manage or both, separated by commas")
    return frozenset(map(Scope, given))
