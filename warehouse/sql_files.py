"""The queries that are kept as files beside the modules of the warehouse."""

from __future__ import annotations

import functools
import importlib.resources


@functools.cache
def read_sql(folder: str, name: str) -> str:
    """Return the text of the query `name` in a folder of `warehouse`.

    Raises FileNotFoundError if there is none.
    """
    return importlib.resources.files("warehouse").joinpath(folder, f"{name}.sql").read_text("utf-8")
