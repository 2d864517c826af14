"""Every error has the same root, survives pickling and names its resource."""

import inspect
import pickle
from pathlib import Path

import pytest

from flows import errors as flow_errors
from transforms.errors import OnrecordError
from warehouse import errors as warehouse_errors
from warehouse.checks import Finding
from warehouse.errors import WarehouseError

ROOTS = {OnrecordError, WarehouseError}
GIVEN = {
    "path": Path("data/live/onrecord.duckdb"),
    "url": "https://a.example/feed",
    "item": "page.html",
    "name": "concurrency",
    "target": "s3://bucket",
    "line": 7,
    "column": "kind",
    "offset": 4096,
    "problem": "the problem",
    "reason": "the_reason",
    "detail": "the detail",
    "code": "truncated",
    "holder": "process 17",
    "found": "0009_new",
    "known": "0006_archive",
    "package": "duckdb-extension-fts==1.5.0",
    "got": "many",
    "expected": "a number",
    "run": "r1-abc",
    "summary": "1 error",
    "findings": (Finding("revision_twice", "error", "a1", "2 rows"),),
    "tally": "seen=3",
    "host": "wire.example",
    "port": 9464,
    "address": "10.0.0.7",
    "wait_s": 7200,
    "advice": "free some space",
    "argument": "limit",
}
RESOURCES = ("path", "url", "item", "target", "name", "run", "problem", "summary", "tally", "host",
             "wait_s", "detail")  # fmt: skip


def kinds(root):
    for kind in root.__subclasses__():
        yield kind
        yield from kinds(kind)


def made(kind):
    needed = [
        name
        for name, parameter in inspect.signature(kind).parameters.items()
        if parameter.default is parameter.empty
    ]
    return kind(**{name: GIVEN[name] for name in needed}), needed


ALL = sorted(set(kinds(OnrecordError)) - ROOTS, key=lambda kind: kind.__name__)


@pytest.mark.parametrize("module", [flow_errors, warehouse_errors])
def test_every_error_has_the_same_root(module):
    defined = [
        value
        for value in vars(module).values()
        if inspect.isclass(value) and issubclass(value, Exception)
    ]
    assert defined
    assert all(issubclass(value, OnrecordError) for value in defined)
    assert {value for value in defined if value not in ROOTS} <= set(ALL)


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_error_can_be_pickled_and_shows_its_resource(kind):
    error, needed = made(kind)
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is kind
    assert copy.args == error.args
    assert vars(copy) == vars(error)
    assert str(copy) == str(error)
    (resource, *_) = (name for name in RESOURCES if name in needed)
    assert str(GIVEN[resource]) in str(error)
    assert "\n" not in str(error)
