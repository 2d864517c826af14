"""Homes of Prefect whose database exists: making its tables takes a server 20 seconds.

The first test that needs one makes a template in `.cache`, and later ones copy it. So every
test still has its own server with its own database.
"""

import fcntl
import functools
import os
import shutil
import sqlite3
from contextlib import closing, contextmanager
from importlib.metadata import version

from flows.orchestration.server import prefect_server
from tests.helpers.processes import ROOT, free_port, without_prefect

TEMPLATES = ROOT / ".cache" / "prefect-homes"


def environment(folder, **more):
    """Return the variables of a command that has its home and Prefect's in `folder`."""
    ours = {"HOME": str(folder), "PREFECT_HOME": str(prefect_home(folder / "prefect"))}
    return without_prefect(os.environ) | ours | more


def prefect_home(folder):
    """Put a home with a database into `folder`, unless it has one; return the folder."""
    if not (folder / "prefect.db").exists():
        shutil.copytree(template(), folder, dirs_exist_ok=True)
    return folder


@functools.cache
def template():
    """Return the template for the installed version of Prefect; make it if it is missing."""
    made = TEMPLATES / version("prefect")
    TEMPLATES.mkdir(parents=True, exist_ok=True)
    with (TEMPLATES / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another worker may be making it
        if not made.exists():
            partial = made.with_suffix(".partial")
            shutil.rmtree(partial, ignore_errors=True)
            make_template(partial)
            partial.rename(made)
    return made


def make_template(folder):
    """Start a server in an empty home, and keep its database as one file."""
    home = folder / "home"
    home.mkdir(parents=True)
    with own_server(home):
        pass
    assert "Traceback" not in (home / "server.log").read_text("utf-8")
    with closing(sqlite3.connect(home / "prefect.db")) as con:
        con.execute("VACUUM INTO ?", [str(folder / "prefect.db")])
    shutil.copy(home / "memo_store.toml", folder)  # Prefect's note on what the database holds
    shutil.rmtree(home)


@contextmanager
def own_server(home):
    """Start a server as a user would, whatever the environment says about Prefect."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ |= without_prefect(before) | {"PREFECT_HOME": str(home)}
    try:
        with prefect_server("127.0.0.1", free_port(), log=home / "server.log") as server:
            server.wait_until_up()
            yield server
    finally:
        os.environ.clear()
        os.environ |= before
