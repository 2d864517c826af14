"""The word lists in `seeds/`, read into tables.

Every `*.csv` below the folder is a table under its path without the ending
(`speech/cues`). Files are UTF-8 with a header; a row with too few or too many fields
names file, line and column.
"""

from __future__ import annotations

import csv
from pathlib import Path

from flows.errors import SeedError
from flows.gazetteer_tables import gazetteer_tables
from transforms.lexicon import Lexicon
from transforms.tables import Row, Tables


def seeds_dir() -> Path:
    """Return the folder of the seeds: installed beside this package, as in a checkout."""
    return Path(__file__).resolve().parents[1] / "seeds"


def load_lexicon(folder: Path | None = None) -> Lexicon:
    """Read and compile all word lists; raises SeedError where one is broken."""
    folder = folder or seeds_dir()
    try:
        return Lexicon.from_tables({**gazetteer_tables(), **read_tables(folder)})
    except KeyError as exc:
        raise SeedError(folder, 1, str(exc), "table or column is missing") from exc


def read_tables(folder: Path) -> Tables:
    """Return every CSV file below `folder` as a table."""
    return {
        path.relative_to(folder).with_suffix("").as_posix(): read_table(path)
        for path in sorted(folder.rglob("*.csv"))
    }


def read_table(path: Path) -> list[Row]:
    """Return the rows of one CSV file; raises SeedError with line and column."""
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
                rows.append(dict(zip(header, fields, strict=True)))
    except (csv.Error, UnicodeDecodeError) as exc:
        raise SeedError(path, 1, "1", f"no UTF-8 CSV: {exc}") from exc
    return list(rows)
