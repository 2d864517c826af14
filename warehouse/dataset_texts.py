"""The texts of a data set: README.md, codebook.md and CITATION.cff, from their templates."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import jinja2

from warehouse.dataset_records import Dataset
from warehouse.dataset_tables import TABLES
from warehouse.relations import SHORT_TYPES

_TEXTS = ("README.md", "codebook.md", "CITATION.cff")


def render_texts(dataset: Dataset) -> dict[str, str]:
    """Return the texts of a data set by file name."""
    environment = jinja2.Environment(  # noqa: S701  # Markdown and YAML, not HTML
        loader=jinja2.PackageLoader("warehouse", "datasets"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    filters: dict[str, Callable[..., Any]] = {
        "cell": _cell,
        "count": lambda value: f"{value:,}",
        "share": lambda part, whole: f"{part / whole:.0%}" if whole else "",
        "type": lambda kind: SHORT_TYPES.get(kind, kind),
        "yaml": _yaml,
    }
    environment.filters.update(filters)
    left_out = {table.name: table.text for table in TABLES if table.text}
    given = {"dataset": dataset, "facts": dataset.facts, "left_out": left_out}
    return {name: environment.get_template(f"{name}.jinja").render(given) for name in _TEXTS}


def _cell(value: object) -> str:
    """Return a value as a cell of a Markdown table."""
    text = "" if value is None else str(value)
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def _yaml(value: str) -> str:
    """Return a text as a YAML string: every string of JSON is one."""
    return json.dumps(value, ensure_ascii=False)
