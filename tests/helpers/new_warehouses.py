"""Open warehouses at less cost: new ones are copies, and each has one thread.

Making an empty warehouse costs a third of a second of CPU, and the threads of DuckDB do not
help with a few rows while other tests use the cores.
"""

import contextlib
import shutil
from functools import partial

# The last three have a name of their own for `open_writable`, which must not be replaced there:
# so they are loaded before it is.
from warehouse import compact, connect, migrate, restore, salvage

_LOADED = (compact, restore, salvage)
ONE_THREAD = {"threads": 1}

_open_writable = connect.open_writable


def make_empty_warehouse(path):
    """Make the warehouse that others are copied from, and return its path."""
    with _open_writable(path) as con:
        migrate.migrate(con, path)
    return path


def copying(empty):
    """Return an `open_writable` whose new files begin as copies of `empty`."""
    return partial(_open_copied, empty)


@contextlib.contextmanager
def _open_copied(empty, path, *, wait_s=0.0):
    if path.parent.is_dir() and not path.exists():
        shutil.copyfile(empty, path)
    with _open_writable(path, wait_s=wait_s) as con:
        yield con
