"""Sends messages through Apprise, in a process of its own that is stopped after ten seconds.

A channel is one URL of the setting `alert_urls`. Its name is its kind and a part of its
digest, because the URL holds secrets. Apprise is slow to import, so only that process loads
it. The same process requests the address of the external watchdog.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import re
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import orjson

from flows.secrets import MASK
from flows.settings import Settings

TIME_LIMIT_S: Final = 10.0
_NO_ANSWER: Final = "no answer within {:g} seconds"
_SECRET_PIECE: Final = re.compile(r"[^/:@?&=,+\s]{4,}")


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message for one channel.

    Attributes:
        channel: Name of the channel, without secrets.
        url: Its URL, with its secrets.
    """

    channel: str
    url: str
    title: str
    body: str


def channel_name(url: str) -> str:
    """Return the name of a channel: its kind and a part of its digest.

    >>> channel_name("tgram://1234:abcd/99")
    'tgram-afc6'
    """
    digest = hashlib.sha256(url.encode("utf-8", "replace")).hexdigest()
    return f"{url.partition('://')[0].lower()}-{digest[:4]}"


def ping_address(url: str, *, is_failed: bool) -> str:
    """Return the address that tells an external watchdog how an ingest ended.

    >>> ping_address("https://watch.example/4711?x=1", is_failed=True)
    'https://watch.example/4711/fail?x=1'
    """
    if not is_failed:
        return url
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/fail"))


def send(settings: Settings, title: str, body: str) -> list[str]:
    """Send a message to every channel of the settings, within ten seconds.

    Args:
        settings: Their `alert_urls` are the channels.
        title: One line.
        body: Plain text.

    Returns:
        One line for each channel that failed: its name and the reason, without secrets.
        Empty if all succeeded or if there is no channel.
    """
    parcels = [Parcel(channel_name(url), url, title, body) for url in settings.alert_urls]
    problems = deliver(parcels)
    return [
        f"{parcel.channel}: {problem}"
        for parcel, problem in zip(parcels, problems, strict=True)
        if problem is not None
    ]


def deliver(
    parcels: Sequence[Parcel], *, ping: str = "", time_limit_s: float = TIME_LIMIT_S
) -> list[str | None]:
    """Send each parcel at the same time; return why it failed, None if it did not.

    Args:
        parcels: The messages.
        ping: Address to request as well; its failure is nobody's concern.
        time_limit_s: After this many seconds what has not been sent has failed.
    """
    if not parcels and not ping:
        return []
    jobs = [{"url": one.url, "title": one.title, "body": one.body} for one in parcels]
    task = orjson.dumps({"jobs": jobs, "ping": ping, "time_limit_s": time_limit_s})
    answers = _in_own_process(task, time_limit_s)
    reasons: dict[int, str | None] = dict(answers)
    return [reasons.get(at, _NO_ANSWER.format(time_limit_s)) for at in range(len(parcels))]


def _in_own_process(task: bytes, time_limit_s: float) -> list[tuple[int, str | None]]:
    """Run `_work` in another process; return what it said before it ended or was stopped."""
    import subprocess  # noqa: PLC0415  # `status` reads the queue and starts fast

    child = subprocess.Popen(
        [sys.executable, "-P", "-m", "flows.alerts.channels"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for the run
    )
    try:
        said, _ = child.communicate(task, timeout=time_limit_s)
    except subprocess.TimeoutExpired:
        child.kill()
        said, _ = child.communicate()
    except BaseException:
        child.kill()
        child.wait()
        raise
    return [tuple(orjson.loads(line)) for line in said.splitlines() if line.endswith(b"]")]


def _work() -> None:
    """Do the task on standard input; write a line for each channel as soon as it is known."""
    task = orjson.loads(sys.stdin.buffer.read())
    lock = threading.Lock()
    threads = [
        threading.Thread(target=_notify, args=(at, job, lock), daemon=True)
        for at, job in enumerate(task["jobs"])
    ]
    if task["ping"]:
        threads.append(threading.Thread(target=_ping, args=(task["ping"],), daemon=True))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(task["time_limit_s"])


def _notify(at: int, job: dict[str, Any], lock: threading.Lock) -> None:
    try:
        problem = _problem_of(job)
    except Exception as exc:  # noqa: BLE001  # whatever a channel does, its failure is told
        problem = type(exc).__name__
    with lock:
        sys.stdout.buffer.write(orjson.dumps([at, problem]) + b"\n")
        sys.stdout.buffer.flush()


def _problem_of(job: dict[str, Any]) -> str | None:
    """Send one message; return why it failed, None if it did not."""
    import apprise  # noqa: PLC0415  # slow, and only needed here

    url = job["url"]
    log = _OwnLog()
    logging.getLogger("apprise").addHandler(log)
    channel = apprise.Apprise.instantiate(url, suppress_exceptions=True)
    if channel is None:
        return "not a URL that Apprise understands: see its documentation of the service"
    channel.overflow_mode = apprise.OverflowMode.SPLIT
    if channel.notify(title=job["title"], body=job["body"], body_format=apprise.NotifyFormat.TEXT):
        return None
    return _without_secrets(log.lines[-1], url) if log.lines else "the service refused the message"


class _OwnLog(logging.Handler):
    """Keeps what Apprise says in this thread: other channels have other secrets."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._thread = threading.get_ident()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the message if this thread logged it."""
        if record.thread == self._thread:
            self.lines.append(" ".join(record.getMessage().split()))


def _without_secrets(text: str, url: str) -> str:
    """Return `text` with every piece of the URL but its kind masked."""
    for piece in sorted(set(_SECRET_PIECE.findall(url.partition("://")[2])), key=len, reverse=True):
        text = text.replace(piece, MASK)
    return text[:200]


def _ping(url: str) -> None:
    import urllib.request  # noqa: PLC0415  # only needed here

    with contextlib.suppress(OSError, ValueError):
        urllib.request.urlopen(url, timeout=TIME_LIMIT_S).close()  # noqa: S310  # the settings allow only http and https


if __name__ == "__main__":
    _work()
