"""The errors of the edge; the class says what the caller should do.

OnrecordError                              root of these and of the warehouse's errors
├── SettingsError(name, got, expected)     stop: correct the setting
├── ArgumentError(name, got, expected)     correct the call of a function
├── RefusedError(item, reason, detail)     the document is no article
├── RulesError(path, problem)              stop: correct the rules of the user
├── SecretsError(path, problem)            stop: correct the file of secrets
├── TokenError(name, problem)              stop: give another name, or correct the file of tokens
├── SeedError(path, line, column, problem) stop: correct the word list
├── InputError(item, reason, problem)      reject: the file cannot be read
├── FetchError(url, code, detail, ...)     one of two kinds:
│   ├── TransientFetchError                retry later: timeout, reset, 429, 5xx
│   └── PermanentFetchError                reject: 404, forbidden address, too large
├── FeedListError(path, problem)           stop: correct the feed list
├── NoFeedError(url)                       stop: give another URL
├── ArchiveError(item, offset, code, ...)  reject: the record cannot be read back
├── BackupError(target, problem)           stop: a backup cannot be written or read
├── RunActiveError(run)                    skip: another run is writing
├── RangeError(problem)                    stop: correct the range of days or the source
├── ChecksFailedError(summary, findings)   correct the data: a check found an error
├── ServerError(problem)                   stop: Prefect's server does not run
├── MetricsError(host, port, reason)       stop: choose another address for the metrics
├── WorkersError(problem)                  stop: worker processes cannot start
├── MachineError(problem, advice)          stop: this machine is at fault, and no document is
├── TallyError(tally)                      stop: an item was not counted exactly once
└── WarehouseError                         see `warehouse.errors`
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self

from flows.secrets import mask_url
from transforms.errors import OnrecordError

if TYPE_CHECKING:  # the command line starts without DuckDB
    from warehouse.checks import Finding


_SHOWN_CHARS = 80


class SettingsError(OnrecordError):
    """A setting, or an option of a command, has an invalid value.

    Attributes:
        others: Further settings that are wrong; the message names all of them.
    """

    exit_code = 2

    def __init__(
        self, name: str, got: object, expected: str, others: tuple[SettingsError, ...] = ()
    ) -> None:
        super().__init__(name, got, expected, others)
        self.name, self.got, self.expected = name, got, expected
        self.others = others

    def __str__(self) -> str:
        name = self.name.partition(" ")[0]
        kind = "setting " if name.isidentifier() and name.islower() else ""
        own = f"{kind}{self.name}: got {self.got!r}, expected {self.expected}"
        return "; ".join((own, *map(str, self.others)))

    @classmethod
    def of_all(cls, errors: Sequence[SettingsError]) -> Self:
        """Return one error for all that are wrong; there must be one at least."""
        first, *others = errors
        return cls(first.name, first.got, first.expected, tuple(others))


class ArgumentError(OnrecordError, ValueError):
    """A function of `import onrecord` was called with an invalid value."""

    def __init__(self, name: str, got: object, expected: str) -> None:
        super().__init__(name, got, expected)
        self.name, self.got, self.expected = name, got, expected

    def __str__(self) -> str:
        return f"{self.name}: got {_shortened(self.got)}, expected {self.expected}"


def _shortened(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= _SHOWN_CHARS else f"{shown[:_SHOWN_CHARS]}..."


class RefusedError(OnrecordError):
    """A document is no article: a shop, a list, a wall, or a page without text.

    Attributes:
        item: The URL of the document, or its key.
        reason: The fixed code (`listing`, `consent_wall`, `too_short`, ...).
        detail: What was found, in words.
    """

    def __init__(self, item: str, reason: str, detail: str) -> None:
        super().__init__(item, reason, detail)
        self.item, self.reason, self.detail = item, reason, detail

    def __str__(self) -> str:
        return f"{self.item}: refused: {self.reason}: {' '.join(self.detail.split())}"


class RulesError(OnrecordError):
    """The rules of the user cannot be used."""

    exit_code = 2

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(path, problem)
        self.path, self.problem = path, problem

    def __str__(self) -> str:
        return f"{self.path}: {self.problem}"


class SecretsError(OnrecordError):
    """The file of secrets cannot be used; the problem names no value."""

    exit_code = 2

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(path, problem)
        self.path, self.problem = path, problem

    def __str__(self) -> str:
        return f"{self.path}: {self.problem}"


class TokenError(OnrecordError):
    """A token cannot be added or removed, or the file of tokens cannot be read."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(name, problem)
        self.name, self.problem = name, problem

    def __str__(self) -> str:
        return f"{self.name}: {self.problem}"


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


class FetchError(OnrecordError):
    """A page or feed could not be fetched; raised as one of its two kinds.

    Attributes:
        url: The URL that failed, without secrets, so that it can be logged and stored.
        code: A fixed code, so that failures can be counted (see `flows.fetching.failures`).
        detail: One line for users.
        http_status: The status of the response; None if there was none.
        retry_after_s: Seconds that the server asked us to wait, at most a day; None if it
            did not ask.
    """

    def __init__(
        self,
        url: str,
        code: str,
        detail: str,
        http_status: int | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        url = mask_url(url)
        super().__init__(url, code, detail, http_status, retry_after_s)
        self.url, self.code, self.detail = url, code, detail
        self.http_status, self.retry_after_s = http_status, retry_after_s

    def __str__(self) -> str:
        return f"{self.url}: {self.code}: {self.detail}"


class TransientFetchError(FetchError):
    """The same fetch may succeed later."""


class PermanentFetchError(FetchError):
    """The same fetch will fail again until somebody changes something."""


class ArchiveError(OnrecordError):
    """A record of an archive file cannot be read; `offset` is where it starts, in bytes.

    `code` is one of `truncated`, `garbage`, `wrong_length`, `bad_record`,
    `record_too_large`, `digest_mismatch` and `removed` (because of its age).
    """

    def __init__(self, item: str, offset: int, code: str, detail: str) -> None:
        super().__init__(item, offset, code, detail)
        self.item, self.offset, self.code, self.detail = item, offset, code, detail

    def __str__(self) -> str:
        return f"{self.item}, byte {self.offset}: {self.code}: {self.detail}"


class FeedListError(OnrecordError):
    """The feed list cannot be used."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(path, problem)
        self.path, self.problem = path, problem

    def __str__(self) -> str:
        return f"{self.path} {self.problem}"


class NoFeedError(OnrecordError):
    """There is no feed at a URL, and the page there links to none."""

    def __init__(self, url: str) -> None:
        url = mask_url(url)
        super().__init__(url)
        self.url = url

    def __str__(self) -> str:
        return f"{self.url}: no feed found: give the URL of the feed itself"


class BackupError(OnrecordError):
    """A backup cannot be written or read; `target` is its folder, bucket or file."""

    def __init__(self, target: str, problem: str) -> None:
        super().__init__(target, problem)
        self.target, self.problem = target, problem

    def __str__(self) -> str:
        return f"{self.target}: {self.problem}"


class RunActiveError(OnrecordError):
    """Another run is writing to the warehouse; `run` names it."""

    def __init__(self, run: str) -> None:
        super().__init__(run)
        self.run = run

    def __str__(self) -> str:
        return f"skipped: run {self.run} is active"


class RangeError(OnrecordError):
    """A range of days, or the source to take them from, is not valid."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem

    def __str__(self) -> str:
        return self.problem


class ChecksFailedError(OnrecordError):
    """A data check of severity `error` found something."""

    def __init__(self, summary: str, findings: tuple[Finding, ...]) -> None:
        super().__init__(summary, findings)
        self.summary, self.findings = summary, findings

    def __str__(self) -> str:
        return self.summary


class ServerError(OnrecordError):
    """Prefect's server does not run."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem

    def __str__(self) -> str:
        return self.problem


class MetricsError(OnrecordError):
    """The metrics cannot be served on an address."""

    exit_code = 2

    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(host, port, reason)
        self.host, self.port, self.reason = host, port, reason

    def __str__(self) -> str:
        return (
            f"the metrics cannot be served on {self.host}, port {self.port}: {self.reason}: set "
            "ONRECORD_METRICS_HOST and ONRECORD_METRICS_PORT to a free address, or the port to 0 "
            "to turn them off"
        )


class WorkersError(OnrecordError):
    """Worker processes cannot start."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem

    def __str__(self) -> str:
        return f"worker processes cannot start: {self.problem}"


class MachineError(OnrecordError):
    """This machine cannot do the work: no document or publisher is at fault.

    What was not done stays pending: it is neither rejected nor counted as failed.
    """

    def __init__(self, problem: str, advice: str) -> None:
        super().__init__(problem, advice)
        self.problem, self.advice = problem, advice

    def __str__(self) -> str:
        return (
            f"this machine cannot do the work: {self.problem}: {self.advice}, then run again; "
            "what was not done is still pending"
        )


class TallyError(OnrecordError):
    """The items seen are not the sum of items appended, known and rejected."""

    def __init__(self, tally: object) -> None:
        super().__init__(tally)
        self.tally = tally

    def __str__(self) -> str:
        return f"items were not counted exactly once: {self.tally}"
