"""The description of a data set for programs: a Frictionless Data Package, version 2.

Frictionless cannot check Parquet with lists or missing numbers, so Parquet files are declared
as files: their size and digest are checked, and their schema is information.
"""

from __future__ import annotations

import re
from typing import Any

from warehouse.dataset_records import DataFile, Dataset
from warehouse.dataset_tables import DataColumn

_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_TYPES = {
    "VARCHAR": "string",
    "INTEGER": "integer",
    "BIGINT": "integer",
    "DOUBLE": "number",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP WITH TIME ZONE": "datetime",
}
_MEDIA_TYPES = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}


def descriptor(dataset: Dataset) -> dict[str, Any]:
    """Return the content of `datapackage.json`."""
    people = [{"title": author.name, "roles": ["author"]} for author in dataset.options.authors]
    return {
        "$schema": _PROFILE,
        "name": re.sub(r"[^a-z0-9]+", "-", dataset.title.lower()).strip("-") or "news",
        "id": f"sha256:{dataset.digest}",
        "title": dataset.title,
        "description": "Articles and what rules found in them; see README.md for the limits.",
        "version": dataset.version,
        "keywords": ["news", "quotations", "named entities", "dates"],
        **({"contributors": people} if people else {}),
        "sources": [{"title": source.source_id} for source in dataset.facts.sources],
        "resources": [_resource(file, dataset.options.fmt) for file in dataset.files],
    }


def _resource(file: DataFile, fmt: str) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [_field(column, fmt) for column in file.columns],
        "missingValues": [""],
    }
    if file.has_key:
        schema["primaryKey"] = list(file.table.key)
    if file.links:
        schema["foreignKeys"] = [
            {"fields": [column], "reference": {"resource": other, "fields": [key]}}
            for column, other, key in file.links
        ]
    return {
        "name": file.name,
        "path": file.file,
        "type": "table" if fmt == "csv" else "file",
        "description": file.comment,
        "format": fmt,
        "mediatype": _MEDIA_TYPES[fmt],
        **({"encoding": "utf-8"} if fmt == "csv" else {}),
        "bytes": file.bytes,
        "hash": f"sha256:{file.sha256}",
        "schema": schema,
    }


def _field(column: DataColumn, fmt: str) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "type": "array" if column.type.endswith("[]") else _TYPES[column.type],
        "description": column.meaning,
    }
    if column.unit:
        field["unit"] = column.unit
    # In CSV an empty text is a missing value, so a text cannot be required.
    is_required = column.is_required and not (fmt == "csv" and column.type == "VARCHAR")
    constraints: dict[str, Any] = {"required": True} if is_required else {}
    if column.unit == "share":
        constraints |= {"minimum": 0, "maximum": 1}
    return field | ({"constraints": constraints} if constraints else {})
