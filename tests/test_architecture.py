"""Imports point one way, among the layers and among the packages of each layer."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# The packages of the same layer that each package may import. This is the map of the code; the
# README shows the path of an article along it. Top-level modules of a layer that are not named
# here may be imported by every package of the layer, and import none of them.
ALLOWED = {
    "flows": {
        "fetching": set(),
        "archive": {"fetching"},
        "taggers": set(),
        "settings": {"fetching", "taggers"},
        "metrics": {"settings"},
        "feeds": {"archive", "fetching", "settings"},
        "runs": {"archive", "fetching", "metrics", "settings", "taggers"},
        "inputs": {"archive", "feeds", "fetching", "runs"},
        "preloaded": {"feeds", "runs"},
        "backups": {"archive"},
        "backfill": {"archive", "feeds", "fetching", "inputs", "runs", "settings"},
        "alerts": {"runs", "settings"},
        "jobs": {
            "archive",
            "backfill",
            "backups",
            "feeds",
            "fetching",
            "inputs",
            "metrics",
            "runs",
            "settings",
            "taggers",
        },
        "orchestration": {"alerts", "backfill", "inputs", "jobs", "metrics", "runs", "settings"},
        "output": set(),
        "web": {
            "alerts",
            "archive",
            "backfill",
            "feeds",
            "jobs",
            "orchestration",
            "output",
            "runs",
            "settings",
        },
        "assistant": {"feeds", "settings", "web"},
        "api": {"inputs", "jobs", "runs", "settings"},
        "cli": {
            "alerts",
            "archive",
            "assistant",
            "backfill",
            "backups",
            "feeds",
            "inputs",
            "jobs",
            "metrics",
            "orchestration",
            "output",
            "runs",
            "settings",
            "taggers",
            "web",
        },
        "__main__": {"cli", "orchestration"},
    },
    "transforms": {
        "feeds": set(),
        "importing": {"feeds"},
        "languages": set(),
        "naming": {"languages"},
        "formats": set(),
        "cleaning": {"formats", "languages"},
        "comparison": {"cleaning"},
        "dating": {"languages"},
        "quoting": {"languages"},
        "grouping": set(),
        "subjects": {"languages"},
        "lexicon": {"cleaning", "dating", "languages", "naming", "quoting", "subjects"},
        "pipeline": {
            "cleaning",
            "comparison",
            "dating",
            "languages",
            "naming",
            "quoting",
            "subjects",
            "lexicon",
        },
    },
}

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
def test_layer_does_not_load_the_layers_above_it(package, forbidden):
    assert not loaded_by(PROBE.format(name=package)) & forbidden


def test_records_load_only_the_standard_library():
    code = "import sys; before = set(sys.modules); import transforms.records; print(*sorted(n for n in set(sys.modules) - before if '.' not in n))"
    assert loaded_by(code) <= {*sys.stdlib_module_names, "transforms"}


def imports_of(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def modules(layer):
    for path in sorted((ROOT / layer).rglob("*.py")):
        yield path, path.relative_to(ROOT / layer).with_suffix("").parts[0]


def arrows(layer):
    """Return the imports among the packages of a layer, with the importing files."""
    found: dict[tuple[str, str], list[str]] = {}
    for path, package in modules(layer):
        for name in imports_of(path):
            top, _, rest = name.partition(".")
            target = rest.partition(".")[0]
            if top == layer and target and target != package:
                found.setdefault((package, target), []).append(path.relative_to(ROOT).as_posix())
    return found


@pytest.mark.parametrize("layer", list(ALLOWED))
def test_packages_import_only_packages_that_the_map_allows(layer):
    allowed = ALLOWED[layer]
    wrong = {
        arrow: files
        for arrow, files in arrows(layer).items()
        if arrow[1] in allowed and arrow[1] not in allowed.get(arrow[0], set())
    }
    assert not wrong


@pytest.mark.parametrize("layer", list(ALLOWED))
def test_map_names_every_package_and_no_unused_import(layer):
    packages = {path.name for path in (ROOT / layer).iterdir() if (path / "__init__.py").exists()}
    allowed = ALLOWED[layer]
    assert packages <= set(allowed)
    assert {(one, other) for one, others in allowed.items() for other in others} <= set(
        arrows(layer)
    )


@pytest.mark.parametrize("layer", ["flows", "transforms", "warehouse"])
def test_no_package_or_module_of_a_layer_is_in_an_import_cycle(layer):
    graph: dict[str, set[str]] = {}
    for one, other in arrows(layer):
        graph.setdefault(one, set()).add(other)
    assert not list(circles(graph))


def circles(graph):
    """Yield each package that can be reached from itself."""
    for start in graph:
        seen, waiting = set(), list(graph[start])
        while waiting:
            at = waiting.pop()
            if at not in seen:
                seen.add(at)
                waiting += graph.get(at, ())
        if start in seen:
            yield start


@pytest.mark.parametrize("layer", ["flows", "transforms", "warehouse"])
def test_no_file_is_longer_than_400_lines(layer):
    long = {
        path.relative_to(ROOT).as_posix(): lines
        for path, _ in modules(layer)
        if (lines := len(path.read_text("utf-8").splitlines())) > 400
    }
    assert not long


def test_only_the_orchestration_imports_prefect():
    users = {
        package
        for path, package in modules("flows")
        if "prefect" in {name.partition(".")[0] for name in imports_of(path)}
    }
    assert users == {"orchestration"}


def test_warehouse_imports_only_records_from_the_transforms():
    seen = {
        name
        for path in (ROOT / "warehouse").rglob("*.py")
        for name in imports_of(path)
        if name.startswith("transforms")
    }
    assert seen <= {
        "transforms.errors",
        "transforms.feeds.feed_records",
        "transforms.records",
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
def test_library_is_imported_in_only_one_layer(library, layer):
    users = {
        path.relative_to(ROOT).parts[0]
        for folder in ("flows", "transforms", "warehouse")
        for path in (ROOT / folder).rglob("*.py")
        if library in {name.partition(".")[0] for name in imports_of(path)}
    }
    assert users == {layer}


@pytest.mark.parametrize(
    "command", ["--help", "sql --help", "extract --help", "load --help", "test --help"]
)
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
    code = "import sys, flows.jobs.extract, flows.output.tables, warehouse.connect; print(*{n.partition('.')[0] for n in sys.modules})"
    assert "prefect" not in loaded_by(code)


def test_no_test_module_imports_another():
    wrong = {
        path.relative_to(ROOT).as_posix(): name
        for path in (ROOT / "tests").rglob("*.py")
        for name in imports_of(path)
        if name.startswith("tests.") and ".test_" in name
    }
    assert not wrong
