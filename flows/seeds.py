"""The word lists in `seeds/`, as tables.

Every `*.csv` file in the folder is a table, named after its path without the ending
(`speech/cues`). Files are UTF-8 with a header; an error names the file, line and column.
"""

from __future__ import annotations

import contextlib
import csv
import functools
import gc
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from flows.errors import SeedError
from flows.user_cache import cached
from transforms.tables import Row, Tables

if TYPE_CHECKING:  # most users of the seeds need no transforms
    from transforms.lexicon import Lexicon


def seeds_dir() -> Path:
    """Return the folder of the seeds, which is installed beside this package."""
    return Path(__file__).resolve().parents[1] / "seeds"


def deploy_files() -> list[Path]:
    """Return the files for services: units of systemd, and deployments for Prefect.

    `prefect.yaml` is at the top of a clone, where Prefect expects it, and among the others in an
    installed package.
    """
    folder = seeds_dir() / "deploy"
    files = {path.name: path for path in folder.iterdir()}
    files.setdefault("prefect.yaml", seeds_dir().parent / "prefect.yaml")
    return [files[name] for name in sorted(files)]


def load_lexicon(folder: Path | None = None) -> Lexicon:
    """Read and compile all word lists; raise SeedError if one is broken.

    The word lists of the package (no `folder`) are loaded once per process.
    """
    return _packaged_lexicon() if folder is None else _compiled(folder)


@functools.cache
def _packaged_lexicon() -> Lexicon:
    tables, code = seeds_dir().rglob("*.csv"), _transforms().rglob("*.py")
    with _without_collections():
        return cached("word-lists", [*tables, *code], lambda: _compiled(seeds_dir()))


@functools.cache
def load_language_model() -> None:
    """Load the model that tells languages, once per process."""
    from py3langid import langid  # noqa: PLC0415  # it loads NumPy

    from transforms.cleaning import language  # noqa: PLC0415  # it loads the transforms

    sources = [Path(langid.__file__), langid.MODEL_DIR / langid.MODEL_FILE]
    language.use_model(cached("language-model", sources, language.unpack_model))


def _transforms() -> Path:
    return Path(__file__).resolve().parents[1] / "transforms"


def _compiled(folder: Path) -> Lexicon:
    from transforms.lexicon import Lexicon  # noqa: PLC0415  # it loads the transforms

    try:
        with _without_collections():
            return Lexicon.from_tables(read_tables(folder))
    except KeyError as exc:
        raise SeedError(folder, 1, str(exc), "table or column is missing") from exc


@contextlib.contextmanager
def _without_collections() -> Iterator[None]:
    """Make no garbage collections meanwhile: they would visit a million rows to free nothing."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def read_tables(folder: Path, part: str = "") -> Tables:
    """Return every CSV file in `folder` and its subfolders as a table.

    Args:
        folder: The folder of the seeds.
        part: Subfolder; only its tables are read.
    """
    return {
        path.relative_to(folder).with_suffix("").as_posix(): read_table(path)
        for path in sorted((folder / part).rglob("*.csv"))
    }


def read_table(path: Path) -> list[Row]:
    """Return the rows of one CSV file; raise SeedError with line and column."""
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            reader = csv.reader(lines, strict=True)
            header = next(reader, [])
            rows = []
            for fields in reader:
                if len(fields) != len(header):
                    column = header[min(len(fields), len(header)) - 1] if header else "1"
                    problem = f"got {len(fields)} fields, expected {len(header)}"
                    raise SeedError(path, reader.line_num, column, problem)
                rows.append(dict(zip(header, fields)))  # noqa: B905  # checked above, and faster
    except (csv.Error, UnicodeDecodeError) as exc:
        raise SeedError(path, 1, "1", f"not UTF-8 CSV: {exc}") from exc
    return list(rows)
