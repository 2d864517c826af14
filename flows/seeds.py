"""The word lists in `seeds/`, as tables.

Every `*.csv` file in the folder is a table, named after its path without the ending
(`cleaning/walls`). Files are UTF-8 with a header; an error names the file, line and column.
`languages/<code>/language.toml` is the table `languages/<code>/language` with one row. A table
is read when it is needed, so that a process reads only those of the languages that occur.
"""

from __future__ import annotations

import contextlib
import csv
import functools
import gc
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from flows.errors import SeedError
from flows.user_cache import cached
from transforms.tables import Row, Tables

if TYPE_CHECKING:  # most users of the seeds need no transforms
    from transforms.lexicon import Lexicon


# Most articles are in these languages: their word lists are kept compiled with the others.
_USUAL = ("en",)


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
    folder = seeds_dir()
    files = [*folder.rglob("*.csv"), *folder.rglob("language.toml"), *_transforms().rglob("*.py")]
    with _without_collections():
        return cached("word-lists", files, lambda: _compiled(folder))


@functools.cache
def load_language_model() -> None:
    """Load the model that tells languages, once per process."""
    from py3langid import langid  # noqa: PLC0415  # it loads NumPy

    from transforms.languages import detection  # noqa: PLC0415  # it loads the transforms

    sources = [Path(langid.__file__), langid.MODEL_DIR / langid.MODEL_FILE]
    detection.use_model(cached("language-model", sources, detection.unpack_model))


def _transforms() -> Path:
    return Path(__file__).resolve().parents[1] / "transforms"


def _compiled(folder: Path) -> Lexicon:
    from transforms.lexicon import Lexicon  # noqa: PLC0415  # it loads the transforms

    try:
        with _without_collections():
            lexicon = Lexicon.from_tables(read_tables(folder))
            lexicon.load(*_USUAL)
            return lexicon
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
    """Return every word list in `folder` and its subfolders as a table.

    Args:
        folder: The folder of the seeds.
        part: Subfolder; only its tables are read.
    """
    return SeedTables(folder, part)


class SeedTables(Mapping[str, Sequence[Row]]):
    """The tables of a folder, each read once, when it is needed.

    A copy in another process reads the files again.
    """

    def __init__(self, folder: Path, part: str = "") -> None:
        """List the tables in a subfolder of the seeds, or in all of them."""
        self._source = folder, part
        files = [*(folder / part).rglob("*.csv"), *(folder / part).rglob("language.toml")]
        self._files = {
            path.relative_to(folder).with_suffix("").as_posix(): path for path in sorted(files)
        }
        self._read: dict[str, Sequence[Row]] = {}

    def __getitem__(self, name: str) -> Sequence[Row]:
        """Return a table; raise SeedError if its file is broken, KeyError if there is none."""
        if name not in self._read:
            path = self._files[name]
            is_profile = path.suffix == ".toml"
            self._read[name] = [_read_profile(path)] if is_profile else read_table(path)
        return self._read[name]

    def __contains__(self, name: object) -> bool:
        """Return whether there is a table, without reading it."""
        return name in self._files

    def __iter__(self) -> Iterator[str]:
        """Return the names of the tables, in the order of their paths."""
        return iter(self._files)

    def __len__(self) -> int:
        """Return the number of tables."""
        return len(self._files)

    def __reduce__(self) -> tuple[type[SeedTables], tuple[Path, str]]:
        """Return what makes the same tables in another process: their folder."""
        return SeedTables, self._source


def _read_profile(path: Path) -> Row:
    """Return the profile of a language; its lists are joined by bars."""
    try:
        profile = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise SeedError(path, 1, "1", f"not TOML: {exc}") from exc
    return {key: _plain(value) for key, value in profile.items()}


def _plain(value: object) -> str:
    if isinstance(value, list):
        return "|".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


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
