"""A connection to the newest snapshot that lives as long as its user wants."""

from __future__ import annotations

import duckdb

from warehouse.connect import attach_newest
from warehouse.folder import DataFolder
from warehouse.search_index import open_fts

Connection = duckdb.DuckDBPyConnection


def connect_newest(folder: DataFolder) -> Connection:
    """Return a connection that reads the newest snapshot and can stem words.

    The snapshot is attached to a database in memory, so connections of one process are
    independent of each other, and temporary tables are allowed. It stays readable after
    newer snapshots replace it. Files and settings are out of reach of its SQL.

    Raises:
        WarehouseMissingError: Nothing was published yet.
        WarehouseError: The snapshot cannot be read; the message says what to do.
        ExtensionMissingError: The wheel of the full-text extension is not installed.
    """
    con = open_fts()
    try:
        attach_newest(con, folder, "onrecord")
        con.execute("USE onrecord")
        con.execute("SET enable_external_access = false")
        con.execute("SET lock_configuration = true")
    except BaseException:
        con.close()
        raise
    return con
