"""feedparser's test expressions, evaluated on our records.

An expression ("not bozo and entries[0]['title'] == 'Example'") is split into comparisons of
one field with one literal. Fields are compared in the form in which we keep them: titles and
summaries as plain text (markup is removed on both sides first), URLs absolute, dates as
instants. `bozo` is ignored, because it refuses nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from transforms.feeds.feed_records import FeedEntry, ParsedFeed
from transforms.feeds.feed_text import one_line, plain_text
from transforms.urls import absolute_url

Check = tuple[str, Any]
Path = tuple[str | int, ...]


class NotKeptError(Exception):
    """The expression asks for a field that our records do not have."""


def holds(expression: str, feed: ParsedFeed, base: str, content: bytes) -> bool:
    """Return whether our record meets the expression; raise NotKeptError."""
    return all(
        _same_text(content, feed.charset, expected)
        if path == ("encoding",)
        else _meets(feed, path, expected, base)
        for path, expected in _comparisons(expression)
    )


def _comparisons(expression: str) -> Iterator[tuple[Path, Any]]:
    """Yield each field of the expression with the literal that it is compared with."""
    found = False
    for node in _clauses(ast.parse(expression, mode="eval").body):
        if _is_ignored(node):
            continue
        if not isinstance(node, ast.Compare):
            raise NotKeptError(ast.unparse(node))
        sides = [node.left, *node.comparators]
        if not all(isinstance(operator, ast.Eq) for operator in node.ops):
            raise NotKeptError(ast.unparse(node))
        try:
            expected = ast.literal_eval(sides[-1])
        except ValueError as exc:
            raise NotKeptError(ast.unparse(node)) from exc
        for side in sides[:-1]:
            found = True
            yield _path(side), expected
    if not found and expression.strip() != "1":
        raise NotKeptError(expression)


def _clauses(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
        for value in node.values:
            yield from _clauses(value)
    else:
        yield node


def _is_ignored(node: ast.expr) -> bool:
    if isinstance(node, ast.UnaryOp):
        node = node.operand
    return (isinstance(node, ast.Name) and node.id == "bozo") or isinstance(node, ast.Constant)


def _path(node: ast.expr) -> Path:
    """Return `entries[0]['title_detail']['value']` as a tuple of its keys."""
    if isinstance(node, ast.Name):
        return (node.id,)
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        key = node.slice.value
        if isinstance(key, str | int):
            return (*_path(node.value), key)
    if isinstance(node, ast.Attribute):
        return (*_path(node.value), node.attr)
    raise NotKeptError(ast.unparse(node))


def _text(ours: str | None, expected: Any, base: str) -> bool:
    return (ours or "") in {one_line(expected), plain_text(expected)}


def _markup(ours: str | None, expected: Any, base: str) -> bool:
    return _text(plain_text(ours or ""), expected, base)


def _url(ours: str | None, expected: str, base: str) -> bool:
    return ours == absolute_url(expected, base)


def _same(ours: Any, expected: Any, base: str) -> bool:
    return ours == expected or (not ours and not expected)


def _date(ours: datetime | None, expected: Any, base: str) -> bool:
    return ours is not None and tuple(ours.utctimetuple())[:6] == tuple(expected)[:6]


def _same_text(content: bytes, ours: str | None, expected: Any) -> bool:
    """Return whether two charsets decode the file alike; their names may differ."""
    return content.decode(ours or "utf-8") == content.decode(expected)


Comparison = Callable[[Any, Any, str], bool]
_FEED: dict[Path, tuple[str, Comparison]] = {
    **{(name,): ("title", _text) for name in ("title",)},
    ("title_detail", "value"): ("title", _text),
    **{(name,): ("description", _text) for name in ("subtitle", "tagline", "description", "info")},
    **{
        (f"{name}_detail", "value"): ("description", _text)
        for name in ("subtitle", "tagline", "info")
    },
    ("copyright",): ("rights", _text),
    ("rights",): ("rights", _text),
    ("link",): ("home_url", _url),
    ("links", 0, "href"): ("home_url", _url),
    ("language",): ("language", _same),
    ("updated_parsed",): ("updated_at", _date),
    ("modified_parsed",): ("updated_at", _date),
    ("published_parsed",): ("published_at", _date),
}
_ENTRY: dict[Path, tuple[str, Comparison]] = {
    ("title",): ("title", _text),
    ("title_detail", "value"): ("title", _text),
    ("description",): ("summary", _text),
    ("summary",): ("summary", _text),
    ("summary_detail", "value"): ("summary", _text),
    ("content", 0, "value"): ("content", _markup),
    ("content", 0, "language"): ("language", _same),
    ("image", "href"): ("image_url", _url),
    ("id",): ("guid", _same),
    ("guid",): ("guid", _same),
    ("link",): ("url", _url),
    ("links", 0, "href"): ("url", _url),
    ("published",): ("published_raw", _same),
    ("created",): ("published_raw", _same),
    ("updated",): ("updated_raw", _same),
    ("published_parsed",): ("published_at", _date),
    ("created_parsed",): ("published_at", _date),
    ("updated_parsed",): ("updated_at", _date),
}


def _meets(feed: ParsedFeed, path: Path, expected: Any, base: str) -> bool:
    match path:
        case ("version",):
            return bool(feed.version == expected)
        case ("feed", *rest) if tuple(rest) in _FEED:
            name, compare = _FEED[tuple(rest)]
            return compare(getattr(feed, name), expected, base)
        case ("entries", int(position), *rest):
            return any(
                _meets_entry(entry, tuple(rest), expected, base) for entry in _at(feed, position)
            )
    raise NotKeptError(str(path))


def _at(feed: ParsedFeed, position: int) -> Sequence[FeedEntry]:
    """Return entries at a position; if dropped, those it may repeat or a blank one."""
    found = [entry for entry in feed.entries if entry.position == position]
    blank = FeedEntry(entry_id="", feed_id="", position=position)
    return found or (feed.entries if feed.duplicates else ()) or [blank]


def _meets_entry(entry: FeedEntry, path: Path, expected: Any, base: str) -> bool:
    match path:
        case ("authors", int(number), "name"):
            return entry.authors[number : number + 1] == (expected,)
        case ("author_detail", "name"):
            return expected in entry.authors
        case ("tags", int(number), "term"):
            return entry.tags[number : number + 1] == (expected,)
        case ("description" | "summary",) if entry.summary is None:
            return _markup(entry.content, expected, base)  # feedparser copies the content
        case _ if path in _ENTRY:
            name, compare = _ENTRY[path]
            return compare(getattr(entry, name), expected, base)
    raise NotKeptError(str(path))
