"""The list of licences is up to date, every licence is compatible, and audits tell the truth."""

import re
from importlib.metadata import distribution

import pytest

from tests.quality.audit import PINNED, verdict
from tests.quality.licenses import LIST, Package, package_of, runtime_packages, table


@pytest.fixture(scope="module")
def packages():
    return runtime_packages()


def test_list_has_every_installed_package(packages):
    """Other systems and versions of Python need some other packages; those may be listed too."""
    listed = set(LIST.read_text("utf-8").splitlines())
    assert [row for row in table(packages).splitlines() if row not in listed] == []


def test_listed_versions_are_the_pinned_ones():
    pinned = dict(re.findall(r"^([\w.-]+)==(\S+)", PINNED.read_text("utf-8").lower(), re.MULTILINE))
    pinned = {re.sub(r"[._]", "-", name): version for name, version in pinned.items()}
    listed = re.findall(r"^\| ([\w.-]+) \| (\S+) \|", LIST.read_text("utf-8"), re.MULTILINE)
    rows = [(name, version) for name, version in listed if name != "package"]
    assert len(rows) > 100
    assert [row for row in rows if pinned.get(row[0]) != row[1]] == []


def test_every_licence_is_compatible(packages):
    assert [one for one in packages if not one.is_compatible] == []


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("MIT", True),
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", True),
        ("AGPL-3.0-only", False),
        ("MIT AND GPL-3.0-only", False),
        ("Proprietary", False),
        ("unknown", False),
        ("", False),
    ],
)
def test_unknown_licence_is_not_compatible(stated, expected):
    assert Package("new", "1", stated, "").is_compatible is expected


def test_licence_comes_from_the_metadata():
    found = package_of("duckdb", distribution("duckdb"))
    assert (found.license, found.home) == ("MIT", "https://github.com/duckdb/duckdb-python")


SOUND = {"name": "a", "version": "1", "vulns": []}
WEAK = {"name": "b", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.1"]}]}
SKIPPED = {"name": "c", "skip_reason": "Dependency not found on PyPI"}


@pytest.mark.parametrize(
    ("dependencies", "told", "code"),
    [
        ([SOUND, SOUND], "2 packages: no known vulnerability", 0),
        ([SOUND, WEAK, SKIPPED], "b 2: PYSEC-1, fixed in 2.1", 1),
        ([SKIPPED, SKIPPED], "nothing was audited (Dependency not found on PyPI)", 2),
        ([SOUND, SKIPPED], "not audited, because the data do not have them: c", 2),
        ([], "nothing was audited", 2),
    ],
)
def test_audit_never_calls_unknown_packages_sound(dependencies, told, code):
    lines, found = verdict({"dependencies": dependencies})
    assert (told in "\n".join(lines), found) == (True, code)
