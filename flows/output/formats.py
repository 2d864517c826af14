"""The formats of `onrecord sql`, and which one a file gets.

The ending of a file says its format. `--format` is needed for names without a known ending,
and for standard output.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from flows.errors import SettingsError


class Format(StrEnum):
    """Format of the rows of a query."""

    TABLE = "table"
    CSV = "csv"
    TSV = "tsv"
    JSON = "json"
    JSONL = "jsonl"
    MARKDOWN = "markdown"
    PARQUET = "parquet"
    XLSX = "xlsx"


ENDINGS = {
    ".csv": Format.CSV,
    ".csv.gz": Format.CSV,
    ".tsv": Format.TSV,
    ".tsv.gz": Format.TSV,
    ".json": Format.JSON,
    ".jsonl": Format.JSONL,
    ".jsonl.gz": Format.JSONL,
    ".md": Format.MARKDOWN,
    ".parquet": Format.PARQUET,
    ".txt": Format.TABLE,
    ".xlsx": Format.XLSX,
}
BINARY = (Format.PARQUET, Format.XLSX)


def ending_of(name: str) -> str:
    """Return the known ending of a file name, "" if it has none.

    >>> ending_of("said.csv.gz"), ending_of("Said.XLSX"), ending_of("said.ods")
    ('.csv.gz', '.xlsx', '')
    """
    found = [ending for ending in ENDINGS if name.lower().endswith(ending)]
    return max(found, key=len, default="")


def format_for(output: Path | None, given: Format | None, *, is_for_excel: bool = False) -> Format:
    """Return the format in which rows are written.

    Args:
        output: The file; None for standard output.
        given: The format that the user asked for, if any.
        is_for_excel: Whether CSV for Excel is requested, which makes CSV the default.

    Raises:
        SettingsError: The ending of the file is unknown or says another format, its folder
            does not exist, or standard output cannot take the format.
    """
    default = Format.CSV if is_for_excel else Format.TABLE
    fmt = (given or default) if output is None else _format_of_file(output, given)
    if output is None and fmt in BINARY:
        raise SettingsError("--output", None, f"a file, because {fmt} cannot be printed")
    if is_for_excel and fmt != Format.CSV:
        raise SettingsError("--excel", str(fmt), "CSV: --format csv, or a file that ends in .csv")
    return fmt


def _format_of_file(output: Path, given: Format | None) -> Format:
    if output.is_dir() or not output.parent.is_dir():
        raise SettingsError("--output", str(output), "a file in an existing folder")
    told = ENDINGS.get(ending_of(output.name))
    if told is None and given is None:
        known = ", ".join(ENDINGS)
        raise SettingsError("--output", str(output), f"a name that ends in {known}, or --format")
    if told and given and told != given:
        raise SettingsError("--format", str(given), f"{told}, the format of {output.name}")
    fmt = given or told or Format.TABLE
    if fmt in BINARY and output.exists() and not output.is_file():
        raise SettingsError("--output", str(output), f"a file, because {fmt} is written at once")
    return fmt


def excel_decimal(*, is_for_excel: bool, has_comma: bool) -> str | None:
    """Return the sign before the decimals in CSV for Excel, None for other CSV.

    Raises:
        SettingsError: Decimal commas are requested without CSV for Excel.
    """
    if has_comma and not is_for_excel:
        raise SettingsError("--decimal-comma", True, "--excel as well")
    return ("," if has_comma else ".") if is_for_excel else None
