"""What can go wrong at the edge.

OnrecordError
├── SettingsError(name, got, expected)     stop: fix the setting
├── SeedError(path, line, column, problem) stop: fix the word list
├── InputError(item, reason, problem)      reject: this file cannot be read
└── TallyError(tally)                      stop: an item was not counted exactly once
"""

from __future__ import annotations

from pathlib import Path


class OnrecordError(Exception):
    """The root of every error that a command answers with one line."""


class SettingsError(OnrecordError):
    """A setting has a value that it cannot have."""

    def __init__(self, name: str, got: object, expected: str) -> None:
        super().__init__(name, got, expected)
        self.name, self.got, self.expected = name, got, expected

    def __str__(self) -> str:
        return f"setting {self.name}: got {self.got!r}, expected {self.expected}"


class SeedError(OnrecordError):
    """A word list is broken."""

    def __init__(self, path: Path, line: int, column: str, problem: str) -> None:
        super().__init__(path, line, column, problem)
        self.path, self.line, self.column, self.problem = path, line, column, problem

    def __str__(self) -> str:
        return f"{self.path}, line {self.line}, column {self.column}: {self.problem}"


class InputError(OnrecordError):
    """A file cannot be read; `reason` is the fixed code of its rejection."""

    def __init__(self, item: str, reason: str, problem: str) -> None:
        super().__init__(item, reason, problem)
        self.item, self.reason, self.problem = item, reason, problem

    def __str__(self) -> str:
        return f"{self.item}: {self.problem}"


class TallyError(OnrecordError):
    """Items seen are not the sum of items appended, known and rejected."""

    def __init__(self, tally: object) -> None:
        super().__init__(tally)
        self.tally = tally

    def __str__(self) -> str:
        return f"items were not counted exactly once: {self.tally}"
