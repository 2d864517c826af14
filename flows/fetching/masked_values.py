"""The values that are masked in addresses: what stands for them, and how to get them back.

A masked value is written as `***` and a reference: an HMAC of its host and of the value, with a
random key. So two addresses that differ only in a secret stay distinct, and nobody can guess
the value from its reference. A reference counts only at the host where the value was found: a
page elsewhere that names it learns nothing.

Key and values are in `masked_values.jsonl` in the data folder, which only its owner can read.
Values of the feed list are not written there; the list itself has them.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from flows.errors import SecretsError
from flows.secrets import MASK, MASKED_VALUE, REFERENCE_HEX, conceal, mask_url
from warehouse.errors import WarehouseUnwritableError


class UnknownReferenceError(LookupError):
    """The value behind a reference is not known: the file that has it is missing or older."""


class MaskedValues:
    """The masked values of a data folder; the file is read when it is needed first.

    Args:
        path: The file; None keeps everything in memory. It is made with the first secret, if
            its folder exists.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._key: bytes | None = None
        self._values: dict[tuple[str, str], str] = {}
        self._stored: set[tuple[str, str]] = set()
        self._read_bytes = 0

    def hide(self, url: str) -> str:
        """Return an address with a reference for each secret; without secrets, the same one.

        >>> values = MaskedValues()
        >>> shown = values.hide("https://wire.example/feed?token=4711&page=2")
        >>> shown.startswith("https://wire.example/feed?token=***"), values.reveal(shown)[-17:]
        (True, 'token=4711&page=2')
        """
        if mask_url(url) == url:
            return url
        host = _host(url)
        return conceal(url, lambda value: self.refer(host, value))

    def refer(self, host: str, value: str) -> str:
        """Return the mask with the reference of a value at a host, and remember the value."""
        digest = hmac.new(self._secret_key(), f"{host}\0{value}".encode(), hashlib.sha256)
        reference = digest.hexdigest()[:REFERENCE_HEX]
        self._values[host, reference] = value
        return f"{MASK}{reference}"

    def reveal(self, url: str) -> str:
        """Return an address with its values instead of their references.

        Raises:
            UnknownReferenceError: The file does not have a value.
        """
        if MASK not in url:
            return url
        host = _host(url)
        return MASKED_VALUE.sub(lambda found: self._value(host, found[1]), url)

    def values_in(self, url: str) -> list[str]:
        """Return the values behind the references of an address.

        Raises:
            UnknownReferenceError: The file does not have a value.
        """
        host = _host(url)
        return [self._value(host, found[1]) for found in MASKED_VALUE.finditer(url)]

    def keep(self, urls: Iterable[str | None]) -> None:
        """Write the values that these addresses need to the file, unless it has them.

        Call it before rows with these addresses are stored.

        Raises:
            WarehouseUnwritableError: The file cannot be written.
        """
        needed = {
            (_host(url), found[1])
            for url in urls
            if url and MASK in url
            for found in MASKED_VALUE.finditer(url)
        }
        if not needed or self._path is None:
            return
        self._load()
        new = sorted((needed - self._stored) & self._values.keys())
        lines = [
            {"host": host, "reference": reference, "value": self._values[host, reference]}
            for host, reference in new
        ]
        if lines:
            try:
                _append(self._path, "".join(f"{json.dumps(line)}\n" for line in lines))
            except OSError as exc:
                raise WarehouseUnwritableError(self._path, exc.strerror or str(exc)) from exc
            self._stored.update(new)

    def _value(self, host: str, reference: str) -> str:
        known = self._values.get((host, reference))
        if known is None:
            self._load()
            known = self._values.get((host, reference))
        if known is None:
            raise UnknownReferenceError(reference)
        return known

    def _secret_key(self) -> bytes:
        if self._key is None:
            self._load()
        if self._key is None:
            key = secrets.token_bytes(32)
            if self._path is not None and self._path.parent.is_dir():
                _create(self._path, f"{json.dumps({'key': key.hex()})}\n")
                self._load()  # another process may have been faster
            if self._key is None:
                self._key = key
        return self._key

    def _load(self) -> None:
        """Read what was added to the file since it was read last."""
        if self._path is None:
            return
        try:
            with self._path.open("rb") as stream:
                stream.seek(self._read_bytes)
                content = stream.read()
        except FileNotFoundError:
            return
        except OSError as exc:
            raise SecretsError(self._path, f"cannot be read: {exc.strerror}") from exc
        whole = content[: content.rfind(b"\n") + 1]  # the rest is still being written
        self._read_bytes += len(whole)
        for line in whole.splitlines():
            try:
                stated = json.loads(line)
            except ValueError:  # the end of a line that a full disk cut off
                continue
            if "key" in stated:
                self._key = self._key or bytes.fromhex(stated["key"])
            else:
                place = (stated["host"], stated["reference"])
                self._values[place] = stated["value"]
                self._stored.add(place)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # "http://[half"
        return ""


def _create(path: Path, line: str) -> None:
    """Make the file with its first line, if there is none and its folder can be written."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    with contextlib.suppress(OSError):  # where nothing can be written, nothing is stored either
        try:
            _append(partial, line)
            os.link(partial, path)
        finally:
            partial.unlink(missing_ok=True)


def _append(path: Path, lines: str) -> None:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        end = os.fstat(descriptor).st_size
        is_cut = end > 0 and os.pread(descriptor, 1, end - 1) != b"\n"
        data = (("\n" if is_cut else "") + lines).encode()
        while data:
            data = data[os.write(descriptor, data) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
