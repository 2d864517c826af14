"""Downloads of files that have an address instead of a path.

A download is written to disk as it arrives, because a file may have gigabytes, and resumes
after an interruption.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

import httpx

from flows.events import CertificateUnchecked
from flows.fetching.connect_guard import ConnectGuard, Lookups
from flows.fetching.failures import TRANSPORT_ERRORS, failure, network_failure, status_failure
from flows.fetching.fetch_records import FetchOptions
from flows.fetching.masked_values import UnknownReferenceError
from flows.fetching.request_secrets import ASKED, SENT, masked
from flows.fetching.transport import Transport, quiet_loggers, secure_context
from flows.fetching.trips import is_listed
from flows.logs import log

MAX_BYTES = 5_000_000_000  # five times the customary size of a WARC file
TIMEOUT_S = 60.0

_ARCHIVE_ENDINGS = (*(".warc", ".warc.gz", ".warc.zst", ".arc", ".arc.gz", ".arc.zst", ".wacz"),)
_STATUSES_WITH_BODY = frozenset({200, 206})


def is_address(place: str) -> bool:
    """Whether a place is a URL and not a path.

    >>> is_address("https://crawl.example/CC-NEWS-20240603.warc.gz"), is_address("/srv/warc")
    (True, False)
    """
    return place.lower().startswith(("http://", "https://"))


def names_archive(url: str) -> bool:
    """Whether an address is that of a web archive, by the ending of its path.

    >>> names_archive("https://crawl.example/a.warc.gz?key=1"), names_archive("https://a.example/")
    (True, False)
    """
    return urlsplit(url).path.lower().endswith(_ARCHIVE_ENDINGS)


@contextlib.contextmanager
def downloaded(url: str, folder: Path, options: FetchOptions) -> Iterator[Path]:
    """Yield the file at `url` as a path; it is deleted once it was read without an error.

    Raises:
        TransientFetchError: The download failed and may succeed later.
        PermanentFetchError: The file does not exist or must not be downloaded.
    """
    path = download(url, folder, options)
    yield path
    path.unlink()


def download(url: str, folder: Path, options: FetchOptions) -> Path:
    """Download the file at `url` to `folder`, if it is not there, and return its path.

    Raises:
        TransientFetchError: The download failed and may succeed later; the bytes received
            so far are kept.
        PermanentFetchError: The file does not exist or must not be downloaded.
    """
    folder.mkdir(parents=True, exist_ok=True)
    url = options.secrets.masked.hide(url)
    name = PurePosixPath(urlsplit(url).path).name or "download"
    target = folder / f"{hashlib.sha256(url.encode()).hexdigest()[:12]}-{name[-100:]}"
    if not target.exists():
        partial = target.with_name(f"{target.name}.part")
        quiet_loggers()
        asyncio.run(_download(url, partial, options))
        partial.rename(target)
    return target


async def _download(url: str, partial: Path, options: FetchOptions) -> None:
    lookups = Lookups(1)
    guard, sent = ConnectGuard(options.allow_hosts, resolve=lookups), set[str]()

    def transport(*, is_verified: bool) -> Transport:
        context = secure_context(is_verified=is_verified)
        return Transport(guard, context=context, connections=1, secrets=options.secrets)

    if options.unverified_hosts and is_listed(httpx.URL(url), options.unverified_hosts):
        log(CertificateUnchecked(url=url))
    unverified = {
        f"all://{host}": transport(is_verified=False) for host in sorted(options.unverified_hosts)
    }
    headers = {"User-Agent": options.user_agent, "Accept-Encoding": "identity"}
    have = partial.stat().st_size if partial.exists() else 0
    if have:
        headers["Range"] = f"bytes={have}-"
    try:
        async with (
            httpx.AsyncClient(
                transport=transport(is_verified=True), mounts=unverified, headers=headers,
                follow_redirects=True, timeout=TIMEOUT_S, trust_env=False,
            ) as client,
            client.stream("GET", url, extensions={ASKED: url, SENT: sent}) as response,
        ):  # fmt: skip
            await _write_body(url, response, partial, have)
    except UnknownReferenceError as exc:
        raise failure(url, "secret_missing") from exc
    except TRANSPORT_ERRORS as exc:
        raise network_failure(url, exc, shown=lambda text: masked(text, sent)) from exc
    finally:
        lookups.close()


async def _write_body(url: str, response: httpx.Response, partial: Path, have: int) -> None:
    if response.status_code not in _STATUSES_WITH_BODY:
        if response.status_code == 416:  # the bytes on disk are of another file
            partial.unlink()
        raise status_failure(url, response.status_code, None)
    have = have if response.status_code == 206 else 0
    stated = response.headers.get("content-length", "")
    expected = have + int(stated) if stated.isdigit() else None
    with partial.open("ab" if have else "wb") as stream:
        async for chunk in response.aiter_raw():
            have += len(chunk)
            if have > MAX_BYTES:
                raise failure(url, "too_large", f"more than {MAX_BYTES:,} bytes")
            stream.write(chunk)
    if expected is not None and have < expected:
        raise failure(url, "truncated_body", f"{have:,} of {expected:,} bytes")
