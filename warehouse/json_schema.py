"""JSON Schemas of DuckDB's types."""

from __future__ import annotations

from typing import Any, Final

import duckdb

Schema = dict[str, Any]

_INTEGERS: Final = frozenset(
    {"tinyint", "smallint", "integer", "bigint", "hugeint"}
    | {"utinyint", "usmallint", "uinteger", "ubigint", "uhugeint"}
)
_NUMBERS: Final = frozenset({"float", "double", "decimal"})
_FORMATS: Final = {
    "date": "date",
    "timestamp with time zone": "date-time",
    "uuid": "uuid",
}


def json_schema(type_name: str, about: str = "", *, is_nullable: bool = True) -> Schema:
    """Return the JSON Schema of a value as `onrecord` writes it to JSON.

    Args:
        type_name: A type as DuckDB names it.
        about: What the value is.
        is_nullable: Whether it may be null.

    >>> json_schema("DATE", "Day of publication")
    {'type': ['string', 'null'], 'format': 'date', 'description': 'Day of publication'}
    >>> json_schema("INTEGER[]", is_nullable=False)
    {'type': 'array', 'items': {'type': 'integer'}}
    >>> json_schema("STRUCT(term VARCHAR)", is_nullable=False)["properties"]
    {'term': {'type': ['string', 'null']}}
    """
    schema = _of(duckdb.type(type_name), is_nullable=is_nullable)
    return schema | {"description": about} if about else schema


def _of(kind: Any, *, is_nullable: bool) -> Schema:
    name = kind.id
    schema: Schema
    if name in ("list", "array"):
        schema = {"type": "array", "items": _of(kind.children[0][1], is_nullable=False)}
    elif name == "struct":
        properties = {field: _of(part, is_nullable=True) for field, part in kind.children}
        schema = {"type": "object", "properties": properties}
    elif name == "map":
        values = _of(kind.children[1][1], is_nullable=True)
        schema = {"type": "object", "additionalProperties": values}
    elif name == "boolean" or name in _INTEGERS:
        schema = {"type": "boolean" if name == "boolean" else "integer"}
    elif name in _NUMBERS:
        schema = {"type": "number"}
    else:
        schema = {"type": "string"} | ({"format": _FORMATS[name]} if name in _FORMATS else {})
    return schema | ({"type": [schema["type"], "null"]} if is_nullable else {})
