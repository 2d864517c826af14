"""Sends messages, in a process of its own that is stopped after ten seconds.

A channel is one URL of the setting `alert_urls`, to which Apprise sends, or the setting
`webhook_url`. Its name is its kind and a part of its digest, because the URL holds secrets. Apprise
is slow to import, so only that process loads it. The same process requests the address of the
external watchdog.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import re
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import orjson

from flows.alerts.facts import of_message
from flows.alerts.webhooks import post_event
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
        key: The key that signs the event of a webhook, empty for other channels.
        event_id: The key of the event.
        payload: The event.
    """

    channel: str
    url: str
    title: str
    body: str
    key: str = ""
    event_id: str = ""
    payload: str = ""


WEBHOOK: Final = "webhook"


def channel_name(url: str) -> str:
    """Return the name of a channel: its kind and a part of its digest.

    >>> channel_name("tgram://1234:abcd/99")
    'tgram-afc6'
    """
    digest = hashlib.sha256(url.encode("utf-8", "replace")).hexdigest()
    return f"{url.partition('://')[0].lower()}-{digest[:4]}"


def channels(settings: Settings) -> dict[str, str]:
    """Return the URLs of the channels by their names; the webhook is the last one."""
    found = {channel_name(url): url for url in settings.alert_urls}
    if settings.webhook_url:
        found[channel_name(f"{WEBHOOK}://{settings.webhook_url}")] = settings.webhook_url
    return found


def is_webhook(channel: str) -> bool:
    """Whether a channel with this name takes events and not messages."""
    return channel.startswith(f"{WEBHOOK}-")


def ping_address(url: str, *, is_failed: bool) -> str:
    """Return the address that tells an external watchdog how an ingest ended.

    >>> ping_address("https://watch.example/4711?x=1", is_failed=True)
    'https://watch.example/4711/fail?x=1'
    """
    if not is_failed:
        return url
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/fail"))


def send(settings: Settings, title: str, body: str, *, kind: str = "alert.message") -> list[str]:
    """Send a message to every channel of the settings, within ten seconds.

    Args:
        settings: The channels are in them.
        title: One line.
        body: Plain text.
        kind: The kind of the event, for a webhook.

    Returns:
        One line for each channel that failed: its name and the reason, without secrets.
        Empty if all succeeded or if there is no channel.
    """
    now = datetime.now(UTC)
    facts = of_message(kind, title, now)
    payload = facts.payload(title, body, now)
    parcels = [
        parcel(settings, name, title, body, event_id=facts.event_id, payload=payload)
        for name in channels(settings)
    ]
    problems = deliver(parcels)
    return [
        f"{parcel.channel}: {problem}"
        for parcel, problem in zip(parcels, problems, strict=True)
        if problem is not None
    ]


def parcel(
    settings: Settings, channel: str, title: str, body: str, *, event_id: str, payload: str
) -> Parcel:
    """Return a message for a channel of the settings, as an event if it is the webhook."""
    url = channels(settings)[channel]
    if not is_webhook(channel):
        return Parcel(channel, url, title, body)
    key = settings.webhook_key
    return Parcel(channel, url, title, body, key=key, event_id=event_id, payload=payload)


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
    jobs = [asdict(one) for one in parcels]
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
    if job["payload"]:
        return _post(job)
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


def _post(job: dict[str, Any]) -> str | None:
    problem = post_event(
        job["url"],
        key=job["key"],
        event_id=job["event_id"],
        payload=job["payload"],
        sent_s=int(time.time()),
        time_limit_s=TIME_LIMIT_S,
    )
    return problem and _without_secrets(problem, job["url"])


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
