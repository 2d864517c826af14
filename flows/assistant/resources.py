"""The resources: the data dictionary, and example queries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from flows.assistant.library import Call
from flows.assistant.problems import CallError
from flows.seeds import seeds_dir
from warehouse.dictionary import as_markdown
from warehouse.relations import Relation, read_dictionary

SCHEME: Final = "onrecord://"
DICTIONARY: Final = f"{SCHEME}dictionary"
QUERIES: Final = f"{SCHEME}queries"


def read(call: Call, uri: str) -> str:
    """Return the text of a resource.

    Raises:
        CallError: There is no such resource.
    """
    kind, _, name = uri.removeprefix(SCHEME).partition("/")
    if uri.startswith(SCHEME) and kind in ("dictionary", "queries"):
        if kind == "queries":
            return _query(name) if name else _queries()
        with call.reading() as reading:
            relations = read_dictionary(reading.con)
        return _relation(relations, name) if name else _index(relations)
    raise CallError("uri", f"there is no resource {uri[:100]!r}", f"Read {DICTIONARY} or {QUERIES}.")  # fmt: skip


def _index(relations: Sequence[Relation]) -> str:
    lines = [
        "# Data dictionary",
        "",
        f"Read {DICTIONARY}/NAME for the columns of one. Query the views.",
    ]
    for title, is_view in (("Views", True), ("Tables", False)):
        lines += ["", f"## {title}", ""]
        lines += [f"- `{one.name}`: {one.comment}" for one in relations if one.is_view == is_view]
    return "\n".join(lines)


def _relation(relations: Sequence[Relation], name: str) -> str:
    found = [one for one in relations if one.name == name]
    if not found:
        raise CallError(
            "uri", f"the warehouse has no table or view {name[:100]!r}", f"{DICTIONARY} lists all."
        )
    return as_markdown(found)


def examples() -> list[tuple[str, str]]:
    """Return the name and the question of each example query."""
    folder = seeds_dir() / "queries"
    return [
        (path.stem, path.read_text("utf-8").partition("\n")[0].removeprefix("-- "))
        for path in sorted(folder.glob("*.sql"))
    ]


def _queries() -> str:
    lines = ["# Example queries for the tool sql", "", f"Read {QUERIES}/NAME for one.", ""]
    return "\n".join([*lines, *(f"- `{name}`: {question}" for name, question in examples())])


def _query(name: str) -> str:
    if name not in dict(examples()):
        raise CallError("uri", f"there is no example {name[:100]!r}", f"{QUERIES} lists all.")
    return (seeds_dir() / "queries" / f"{name}.sql").read_text("utf-8")
