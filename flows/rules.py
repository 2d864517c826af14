"""The file `rules.toml`: rules of the user for single publishers.

It is in the data folder and is read once at the start of a run. An error names the file,
the rule and what to do; a run with a broken file does not start, because it would store
articles that have to be read again.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from flows.errors import RulesError
from flows.toml_tables import unknown_key
from transforms.cleaning.refusals import PAGE_TYPES, WALLS
from transforms.cleaning.rules import NO_RULES, Rule, Rules, find_problem
from transforms.urls import absolute_url
from transforms.visit_plans import VisitPlan, read_plan
from warehouse.files import read_regular
from warehouse.folder import DataFolder

MAX_RULES_BYTES: Final = 10_000_000

_SELECTORS: Final = ("body", "title", "byline", "published")
_KEYS: Final = ("site", "path", *_SELECTORS, "remove", "keep", "revisit")
_CODES: Final = (*PAGE_TYPES, *WALLS)


class _RuleError(ValueError):
    """A rule cannot be used; the message names it and says what to do."""


def read_rules(path: Path, *, must_exist: bool = False) -> Rules:
    """Return the rules in a file; without a file there are none.

    Args:
        path: The file.
        must_exist: Whether a missing file is an error.

    Raises:
        RulesError: The file or one of its rules cannot be used.
    """
    try:
        text = read_regular(path, most_bytes=MAX_RULES_BYTES).decode()
    except FileNotFoundError as exc:
        if not must_exist:
            return NO_RULES
        raise RulesError(path, "does not exist: check the path") from exc
    except (OSError, UnicodeDecodeError) as exc:
        problem = getattr(exc, "strerror", None) or "it is not UTF-8: save it as UTF-8"
        raise RulesError(path, f"cannot be read: {problem}") from exc
    try:
        return parse_rules(text)
    except tomllib.TOMLDecodeError as exc:
        raise RulesError(path, f"is not TOML: {exc}: correct that line") from exc
    except ValueError as exc:
        raise RulesError(path, str(exc)) from exc


def chosen_rules(chosen: Path | None, folder: DataFolder) -> Rules:
    """Return the rules in the file that a user chose, or else those of the data folder.

    Raises:
        RulesError: The file cannot be used, or the chosen one does not exist.
    """
    return read_rules(chosen or folder.rules, must_exist=chosen is not None)


def parse_rules(text: str) -> Rules:
    """Return the rules in a TOML text.

    Raises:
        ValueError: A rule cannot be used; the message names it and says what to do.

    >>> parse_rules(
    ...     "[[rules]]"
    ...     + chr(10)
    ...     + 'site = "harbour-times.example"'
    ...     + chr(10)
    ...     + 'remove = [".newsletter"]'
    ... ).rules[0].remove
    ('.newsletter',)
    """
    tables = tomllib.loads(text)
    _refuse_unknown("the file", tables, ["rules"], "start each rule with [[rules]]")
    listed = tables.get("rules", [])
    if not isinstance(listed, list) or not all(isinstance(table, dict) for table in listed):
        raise _RuleError("rules: got one table, expected several: write [[rules]] above each rule")
    rules = [_parse_rule(number, table) for number, table in enumerate(listed, 1)]
    known: dict[tuple[str, str | None], int] = {}
    for rule in rules:
        first = known.setdefault((rule.site, rule.path), rule.number)
        if first != rule.number:
            raise _RuleError(
                f"{name_of(rule)}: has the same site and path as rule {first}: join the two"
            )
    return Rules(tuple(rules))


def name_of(rule: Rule) -> str:
    """Return how messages name a rule: by its place in the file, its site and its path."""
    return f"rule {rule.number} ({rule.site}{' ' + rule.path if rule.path else ''})"


def _parse_rule(number: int, table: Mapping[str, Any]) -> Rule:
    name = f"rule {number}"
    site = _read_site(name, table.get("site"))
    name = f"rule {number} ({site})"
    _refuse_unknown(name, table, _KEYS)
    if not table.keys() - {"site", "path"}:
        keys = ", ".join(key for key in _KEYS if key not in {"site", "path"})
        raise _RuleError(f"{name}: says nothing: give it one of {keys}, or delete it")
    remove, keep = table.get("remove"), table.get("keep")
    return Rule(
        number=number,
        site=site,
        path=_read_path(name, site, table["path"]) if "path" in table else None,
        remove=None if remove is None else tuple(_selectors(name, "remove", remove)),
        keep=None if keep is None else frozenset(_codes(name, keep)),
        revisit=_read_revisit(name, table) if "revisit" in table else None,
        **{key: _selector(name, key, table[key]) for key in _SELECTORS if key in table},
    )


def _read_site(name: str, site: object) -> str:
    example = 'write site = "harbour-times.example"'
    if not isinstance(site, str):
        raise _RuleError(f"{name}: has no site: {example}")
    host = urlsplit(absolute_url(site if "://" in site else f"https://{site}") or "").hostname
    if host is None:
        raise _RuleError(f"{name}: site: got {site!r}, expected a host: {example}")
    host = host.removeprefix("www.")
    if any(mark in site for mark in "/:?#@"):
        hint = f"write site = {host!r}; a part of a site goes into path"
        raise _RuleError(f"{name}: site: got {site!r}, expected only the host: {hint}")
    return host


def _read_path(name: str, site: str, path: object) -> str:
    if not isinstance(path, str) or not path.startswith(("/", "*")):
        raise _RuleError(f'{name}: path: got {path!r}, expected a path: write path = "/sport/*"')
    if "?" in path or "#" in path:
        raise _RuleError(f"{name}: path: got {path!r}: only the path counts: end it before ? or #")
    whole = absolute_url(f"https://{site}/{path.removeprefix('/')}")
    encoded = urlsplit(whole or "").path  # as the paths of URLs are compared
    return encoded if path.startswith("/") else encoded.removeprefix("/")


def _selector(name: str, key: str, css: object) -> str:
    if not isinstance(css, str):
        raise _RuleError(f"{name}: {key}: got {css!r}, expected one CSS selector in quotes")
    if problem := find_problem(css):
        raise _RuleError(
            f"{name}: {key}: {css!r} is not a CSS selector: {problem}: correct it and look at"
            " the result with `onrecord test`"
        )
    return css


def _selectors(name: str, key: str, listed: object) -> Iterable[str]:
    if not isinstance(listed, list):
        raise _RuleError(f'{name}: {key}: got {listed!r}, expected a list: write [".newsletter"]')
    return [_selector(name, key, css) for css in listed]


def _codes(name: str, listed: object) -> Iterable[str]:
    if not isinstance(listed, list):
        raise _RuleError(f'{name}: keep: got {listed!r}, expected a list: write ["listing"]')
    for code in listed:
        if code not in _CODES:
            raise _RuleError(f"{name}: keep: got {code!r}, expected some of {', '.join(_CODES)}")
    return listed


def _read_revisit(name: str, table: Mapping[str, Any]) -> VisitPlan:
    stated = table["revisit"]
    if "path" in table:
        raise _RuleError(f"{name}: revisit: is for whole sites: write a rule without path for it")
    try:
        return read_plan(stated if isinstance(stated, str) else "")
    except ValueError as exc:
        raise _RuleError(f"{name}: revisit: got {stated!r}, expected {exc}") from exc


def _refuse_unknown(
    name: str, table: Mapping[str, Any], known: Iterable[str], hint: str = ""
) -> None:
    if problem := unknown_key(table, known, hint):
        raise _RuleError(f"{name}: {problem}")
