"""Loads DuckDB's full-text extension from its wheel: nothing is downloaded, ever."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import duckdb

from warehouse.errors import ExtensionMissingError

_PACKAGE = "duckdb_extension_fts"


def fts_file() -> Path:
    """Return the extension's file for the DuckDB that runs; raises ExtensionMissingError."""
    spec = importlib.util.find_spec(_PACKAGE)
    version = f"v{duckdb.__version__}"
    for place in (spec.submodule_search_locations or []) if spec else []:
        file = Path(place) / "extensions" / version / "fts.duckdb_extension"
        if file.is_file():
            return file
    raise ExtensionMissingError("fts", f"duckdb-extension-fts=={duckdb.__version__}")


def open_fts() -> duckdb.DuckDBPyConnection:
    """Return a connection to a database in memory that can stem words.

    It may still attach files; whoever is done with that turns `enable_external_access` off.
    """
    con = duckdb.connect(
        ":memory:",
        config={
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
            "python_enable_replacements": False,
        },
    )
    con.execute(f"LOAD {quoted(fts_file())}")
    con.execute("SET TimeZone = 'UTC'")
    return con


def quoted(path: Path) -> str:
    """Return a path as an SQL string, for statements that take no parameters."""
    escaped = str(path).replace("'", "''")
    return f"'{escaped}'"
