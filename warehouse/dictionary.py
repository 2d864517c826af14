"""The data dictionary, and the sources of dbt, from the comments of tables, views and columns.

`python -m warehouse.dictionary` writes `warehouse/DICTIONARY.md` and `seeds/dbt/sources.yml`
from a fresh warehouse.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from warehouse.connect import open_live
from warehouse.dbt_sources import as_sources, read_guarantees
from warehouse.folder import DataFolder
from warehouse.relations import Relation, read_dictionary

FILE = Path(__file__).with_name("DICTIONARY.md")
DBT_FILE = Path(__file__).parents[1] / "seeds" / "dbt" / "sources.yml"

_HEAD = """# Data dictionary

Written by `python -m warehouse.dictionary` from the comments in the warehouse; `onrecord sql --schema` prints the same.
Query the views: tables may change with a migration. Instants and days are UTC. Offsets count Unicode code points of
`articles.text`, and ranges are half-open.
"""


def as_markdown(relations: Sequence[Relation]) -> str:
    """Return the dictionary as a Markdown document."""
    parts = [_HEAD]
    for title, is_view in (("Views", True), ("Tables", False)):
        parts.append(f"\n## {title}\n")
        parts += [_section(relation) for relation in relations if relation.is_view == is_view]
    return "".join(parts)


def _section(relation: Relation) -> str:
    rows = "".join(
        f"| `{column.name}` | {column.type} | {_escaped(column.comment)} |\n"
        for column in relation.columns
    )
    head = "| column | type | meaning |\n|---|---|---|\n"
    return f"\n### {relation.name}\n\n{_escaped(relation.comment)}.\n\n{head}{rows}"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def fresh_documents() -> dict[Path, str]:
    """Return the content of each written file, for a new warehouse."""
    with (
        tempfile.TemporaryDirectory() as folder,
        open_live(DataFolder(Path(folder))) as con,
    ):
        relations = read_dictionary(con)
        return {
            FILE: as_markdown(relations),
            DBT_FILE: as_sources(relations, read_guarantees(con)),
        }


if __name__ == "__main__":
    for file, text in fresh_documents().items():
        file.write_text(text, "utf-8")
