"""Imports go one way: flows to warehouse to the records of transforms."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

PROBE = """
import importlib, pkgutil, sys
package = importlib.import_module({name!r})
for found in pkgutil.walk_packages(package.__path__, {name!r} + "."):
    importlib.import_module(found.name)
print(*sorted({{name.partition(".")[0] for name in sys.modules}}))
"""


def loaded_by(code):
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    return set(run.stdout.split())


@pytest.mark.parametrize(
    ("package", "forbidden"),
    [
        pytest.param(
            "transforms",
            {"prefect", "duckdb", "httpx", "feedparser", "flows", "warehouse"},
            id="transforms",
        ),
        pytest.param(
            "warehouse", {"prefect", "httpx", "feedparser", "trafilatura", "flows"}, id="warehouse"
        ),
    ],
)
def test_layer_does_not_load_what_lies_above_it(package, forbidden):
    assert not loaded_by(PROBE.format(name=package)) & forbidden


def test_records_load_nothing_but_the_standard_library():
    code = "import sys; before = set(sys.modules); import transforms.records; print(*sorted(n for n in set(sys.modules) - before if '.' not in n))"
    assert loaded_by(code) <= {*sys.stdlib_module_names, "transforms"}


def imports_of(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_warehouse_imports_only_records_errors_and_urls_of_the_transforms():
    seen = {
        name
        for path in (ROOT / "warehouse").rglob("*.py")
        for name in imports_of(path)
        if name.startswith("transforms")
    }
    assert seen <= {
        "transforms.errors",
        "transforms.records",
        "transforms.feeds.feed_records",
        "transforms.urls",
    }


@pytest.mark.parametrize(
    ("library", "layer"),
    [
        pytest.param("duckdb", "warehouse", id="duckdb-in-the-warehouse"),
        pytest.param("trafilatura", "transforms", id="trafilatura-in-the-transforms"),
        pytest.param("prefect", "flows", id="prefect-in-the-flows"),
    ],
)
def test_library_is_imported_in_one_layer(library, layer):
    users = {
        path.relative_to(ROOT).parts[0]
        for folder in ("flows", "transforms", "warehouse")
        for path in (ROOT / folder).rglob("*.py")
        if library in {name.partition(".")[0] for name in imports_of(path)}
    }
    assert users == {layer}


@pytest.mark.parametrize("command", ["--help", "sql --help", "extract --help", "load --help"])
def test_help_does_not_load_prefect(command):
    code = (
        "import sys\n"
        f"sys.argv = ['onrecord', *{command.split()!r}]\n"
        "from flows.__main__ import app\n"
        "try:\n    app()\nexcept SystemExit:\n    pass\n"
        "heavy = {'prefect', 'trafilatura', 'duckdb', 'pebble'} & set(sys.modules)\n"
        "print('loaded:', *sorted(heavy))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert run.stdout.splitlines()[-1].strip() == "loaded:"


def test_extract_and_sql_do_not_load_prefect():
    code = "import sys, flows.extract, flows.terminal.tables, warehouse.connect; print(*{n.partition('.')[0] for n in sys.modules})"
    assert "prefect" not in loaded_by(code)
