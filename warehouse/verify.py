"""Checks a data set against its manifest; no warehouse is needed.

Hidden files (`.git`, `.DS_Store`) do not count as extra files.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import orjson

from warehouse.content_digest import TYPES, TableDigest, digest_of_all, digest_of_table
from warehouse.dataset import KIND, LAYOUT, MANIFEST, is_inside, measured
from warehouse.dataset_files import open_reader, rows_of

_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that differs from the manifest: a file or table, and what is wrong with it."""

    item: str
    problem: str


@dataclass(slots=True)
class Verified:
    """Outcome of a check.

    Attributes:
        title: Title of the data set, empty if its manifest cannot be read.
        digest: Digest of the content as it is now, empty if a table cannot be read.
        rows: Rows of each readable table.
        problems: What differs; none if the data set is intact.
    """

    title: str = ""
    digest: str = ""
    rows: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def verify(root: Path, *, cited: str | None = None) -> Verified:
    """Check the files, row counts and content digests of a data set.

    Args:
        root: The folder of the data set.
        cited: Digest that the content is expected to have, as cited elsewhere.
    """
    done = Verified()
    manifest = _read_manifest(root, done)
    if manifest is None:
        return done
    done.title = str(manifest["title"])
    _check_files(root, manifest["files"], done)
    digests = _check_tables(root, manifest, done)
    if len(digests) == len(manifest["tables"]):
        done.digest = digest_of_all(digests)
        if done.digest != manifest["digest"]:
            problem = f"content digest is {done.digest}, expected {manifest['digest']}"
            done.problems.append(Problem("all tables", problem))
    if cited and cited != done.digest:
        problem = f"content digest is {done.digest or 'unknown'}, cited was {cited}"
        done.problems.append(Problem("all tables", problem))
    return done


def _read_manifest(root: Path, done: Verified) -> dict[str, Any] | None:
    manifest: Any = None
    try:
        manifest = orjson.loads((root / MANIFEST).read_bytes())
        problem = _problem_of(manifest)
    except OSError as exc:
        problem = f"cannot be read ({exc.strerror}): is this the folder of a data set?"
    except (ValueError, KeyError, TypeError, AttributeError):
        problem = "is damaged, or not that of a data set of onrecord"
    if problem:
        done.problems.append(Problem(MANIFEST, problem))
        return None
    return dict(manifest)


def _problem_of(manifest: Any) -> str | None:
    """Return what is wrong with a manifest; raise a lookup or type error if it is no manifest."""
    if manifest["kind"] != KIND:
        return "is not that of a data set of onrecord"
    if manifest["layout"] != LAYOUT:
        return f"has layout {manifest['layout']}, this version knows {LAYOUT}: update onrecord"
    names = [*manifest["files"], *(table["file"] for table in manifest["tables"].values())]
    outside = [name for name in names if not is_inside(name)]
    if outside:
        return f"names a file outside the data set: {outside[0]}"
    kinds = {kind for table in manifest["tables"].values() for kind in table["columns"].values()}
    unknown = sorted(kinds - set(TYPES))
    if unknown:
        return f"has a type without a digest: {unknown[0]}"
    whole = (manifest["title"], manifest["format"] in ("csv", "parquet"), manifest["digest"])
    sizes = [(info["bytes"], info["sha256"]) for info in manifest["files"].values()]
    parts = [
        (table["rows"], table["digest"], set(table["digested"]) <= set(table["columns"]))
        for table in manifest["tables"].values()
    ]
    is_sound = whole[1] and all(is_known for *_, is_known in parts) and bool(sizes)
    return None if is_sound else "is damaged, or not that of a data set of onrecord"


def _check_files(root: Path, expected: dict[str, Any], done: Verified) -> None:
    for name, info in sorted(expected.items()):
        try:
            found = measured(root / name)
        except OSError as exc:
            missing = "is missing" if isinstance(exc, FileNotFoundError) else "cannot be read"
            done.problems.append(Problem(name, missing))
            continue
        if found["bytes"] != info["bytes"]:
            problem = f"was changed: {found['bytes']:,} bytes, expected {info['bytes']:,}"
            done.problems.append(Problem(name, problem))
        elif found["sha256"] != info["sha256"]:
            done.problems.append(Problem(name, "was changed: its SHA-256 differs"))
    for path in sorted(root.rglob("*")):
        inner = path.relative_to(root)
        is_hidden = any(part.startswith(".") for part in inner.parts)
        if path.is_file() and not is_hidden and inner.as_posix() not in {*expected, MANIFEST}:
            problem = "is extra: the manifest does not name it"
            done.problems.append(Problem(inner.as_posix(), problem))


def _check_tables(root: Path, manifest: dict[str, Any], done: Verified) -> dict[str, TableDigest]:
    """Return the digests of the readable tables, as they are now."""
    found = {}
    with open_reader() as con:
        for name, told in sorted(manifest["tables"].items()):
            if not (root / told["file"]).is_file():
                continue  # reported as missing
            try:
                now = _digest(con, root, told, manifest["format"])
            except duckdb.Error as exc:
                reason = str(exc).partition("\n")[0]
                done.problems.append(Problem(told["file"], f"cannot be read as a table: {reason}"))
                continue
            found[name] = now
            done.rows[name] = now.rows
            if now.rows != told["rows"]:
                problem = f"has {now.rows:,} rows, expected {told['rows']:,}"
                done.problems.append(Problem(name, problem))
            elif now.digest != told["digest"]:
                done.problems.append(Problem(name, "has other content: its digest differs"))
    return found


def _digest(
    con: duckdb.DuckDBPyConnection, root: Path, told: dict[str, Any], fmt: Any
) -> TableDigest:
    rows = rows_of(root / told["file"], told["columns"], fmt=fmt)
    return digest_of_table(con, rows, {name: told["columns"][name] for name in told["digested"]})


def digest_in(text: str) -> str | None:
    """Return a digest as somebody writes it, with or without "sha256:"; None if it is none.

    >>> digest_in("SHA256:" + "Ab" * 32) == "ab" * 32
    True
    """
    found = text.strip().lower().removeprefix("sha256:")
    return found if _DIGEST.fullmatch(found) else None
