"""A day in fast-forward: forty feeds, of which four go wrong, and the alerts that come.

    python -m tests.quality.long_day [--hours 36] [--step-minutes 10]

Each tick runs `onrecord ingest` as a process of its own, whose clock the program `faketime`
(Debian's package of that name) sets. One publisher dies, one answers 403, one changes a
headline without announcing it, and one redesigns its pages so that no text is found. It
prints what a webhook received and when, and what the warehouse says at the end.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import orjson

START = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)  # a Monday
FEEDS = 40
DIES, FORBIDS, EDITS, REDESIGNS = 5, 11, 17, 23
AFTER = {DIES: 8, FORBIDS: 9, EDITS: 10, REDESIGNS: 11}  # hours after the start
PLACES = ("Aren", "Dravec", "Helmsby", "Karlow", "Oster Bay", "Port Linnet", "Tarrow", "Venn")
TOPICS = ("ferry", "school", "bridge", "library", "hospital", "harbour", "tram", "museum")


class Publisher:
    """One publisher with a feed; its articles appear at fixed instants of the made-up day."""

    def __init__(self, number: int, world: World) -> None:
        self.number, self.world = number, world
        self.first = START - timedelta(days=4, minutes=7 * number)
        self.every = timedelta(minutes=60 + 5 * (number % 13))
        handler = type("Handler", (_Handler,), {"publisher": self})
        self.server = ThreadingHTTPServer((f"127.0.1.{number + 1}", 0), handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def host(self) -> str:
        return f"127.0.1.{self.number + 1}:{self.server.server_port}"

    def has_changed(self) -> bool:
        """Whether its fault has begun."""
        hours = AFTER.get(self.number)
        return hours is not None and self.world.now >= START + timedelta(hours=hours)

    def published(self) -> list[int]:
        """Return the numbers of the articles so far, newest first."""
        count = (self.world.now - self.first) // self.every
        return list(range(count, max(-1, count - 15), -1))

    def title(self, article: int) -> str:
        mark = self.number * 7 + article
        what, place = TOPICS[mark % 8], PLACES[mark // 8 % 8]
        verb = "opens" if not (self.number == EDITS and self.has_changed()) else "delays"
        return f"{place} {verb} its {what} number {article} of district {self.number}"

    def feed(self) -> bytes:
        items = "".join(
            f"<item><title>{self.old_title(n)}</title><link>http://{self.host}/{n}</link>"
            f"<guid>http://{self.host}/{n}</guid>"
            f"<pubDate>{format_datetime(self.first + n * self.every)}</pubDate></item>"
            for n in self.published()
        )
        home = f"http://{self.host}/"
        return f'<rss version="2.0"><channel><title>District {self.number}</title><link>{home}</link>{items}</channel></rss>'.encode()

    def old_title(self, article: int) -> str:
        return self.title(article).replace(" delays ", " opens ")

    def page(self, article: int) -> bytes:
        title, at = self.title(article), self.first + article * self.every
        if self.number == REDESIGNS and self.has_changed():
            return f"<html><head><title>{title}</title></head><body><div id=app></div><script src=/app.js></script></body></html>".encode()
        head = (
            f'<title>{title}</title><meta property="og:title" content="{title}">'
            f'<meta property="og:type" content="article">'
            f'<meta property="article:published_time" content="{at.isoformat()}">'
        )
        text = (
            f"<p>{title}, the council said on Monday after {article + 2} years of planning in district {self.number}.</p>"
            f"<p>“Nobody believed in number {article} any more,” said Mayor Ruth Callender of district {self.number}. “Now we have to keep it open.”</p>"
            f"<p>The work cost {article + 3} million crowns, more than the council had expected when it voted on plan {self.number * 100 + article}.</p>"
            f"<p>Callender said that visitors are welcome from next week, and that the next project will be smaller.</p>"
        )
        return f"<html><head>{head}</head><body><article><h1>{title}</h1>{text}</article></body></html>".encode()


class _Handler(BaseHTTPRequestHandler):
    publisher: Publisher

    def do_GET(self) -> None:
        one = self.publisher
        one.world.requests += 1
        if one.number == DIES and one.has_changed():
            self.close_connection = True
            return
        status, body, kind = 200, b"", "text/html; charset=utf-8"
        if one.number == FORBIDS and one.has_changed():
            status, body = 403, b"Forbidden"
        elif self.path == "/robots.txt":
            body, kind = b"User-agent: *\nAllow: /\n", "text/plain"
        elif self.path == "/feed.xml":
            body, kind = one.feed(), "application/rss+xml"
        elif self.path.lstrip("/").isdigit():
            body = one.page(int(self.path.lstrip("/")))
        else:
            status, body = 404, b"Not found"
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class World:
    """The made-up clock, the publishers, and a webhook that keeps what it receives."""

    def __init__(self) -> None:
        self.now = START
        self.requests = 0
        self.messages: list[tuple[datetime, str, str]] = []
        self.publishers = [Publisher(number, self) for number in range(FEEDS)]
        self.hook = ThreadingHTTPServer(("127.0.0.1", 0), self._hook())
        threading.Thread(target=self.hook.serve_forever, daemon=True).start()

    def _hook(world) -> type[BaseHTTPRequestHandler]:  # noqa: N805  # the handler has a self of its own
        class Hook(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                sent = orjson.loads(self.rfile.read(int(self.headers["Content-Length"])))
                world.messages.append((world.now, sent.get("title", ""), sent.get("message", "")))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Hook


def main() -> None:
    """Run the day and print what came."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--hours", type=float, default=36.0)
    parser.add_argument("--step-minutes", type=float, default=10.0)
    parser.add_argument("--data", type=Path)
    asked = parser.parse_args()
    if shutil.which("faketime") is None:
        sys.exit("faketime is missing: apt install faketime")
    folder = asked.data or Path(tempfile.mkdtemp(prefix="long-day-"))
    folder.mkdir(parents=True, exist_ok=True)
    world = World()
    outlines = "".join(
        f'<outline text="District {one.number}" type="rss" xmlUrl="http://{one.host}/feed.xml"/>'
        for one in world.publishers
    )
    (folder / "feeds.opml").write_text(f'<opml version="2.0"><body>{outlines}</body></opml>')
    given = os.environ | {
        "ONRECORD_DATA": str(folder),
        "ONRECORD_HOST_DELAY": "0",
        "ONRECORD_PREFECT": "never",
        "ONRECORD_ALLOW_HOSTS": ",".join(one.host for one in world.publishers)
        + f",127.0.0.1:{world.hook.server_port}",
        "ONRECORD_ALERT_URLS": f"json://127.0.0.1:{world.hook.server_port}/",
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
    }
    until, step = START + timedelta(hours=asked.hours), timedelta(minutes=asked.step_minutes)
    failures = 0
    while world.now <= until:
        done = _onrecord(world.now, given, "ingest")
        failures += done.returncode != 0
        if done.returncode:
            told = done.stderr.strip().splitlines()
            print(f"{world.now:%a %H:%M} exit {done.returncode}: {told[-1] if told else ''}"[:200])
        world.now += step
    print(f"\n{failures} runs failed, {world.requests:,} requests; data in {folder}\n")
    for at, title, body in world.messages:
        print(f"{at:%a %H:%M}  {title}\n{_indented(body)}")
    for command in (["status"], ["feeds"]):
        done = _onrecord(world.now, given, *command)
        print(f"\n$ onrecord {' '.join(command)}\n{done.stdout}{done.stderr}")


def _onrecord(
    now: datetime, given: dict[str, str], *command: str
) -> subprocess.CompletedProcess[str]:
    stated = now.strftime("%Y-%m-%d %H:%M:%S")
    return subprocess.run(
        ["faketime", stated, sys.executable, "-m", "flows", *command],
        env=given | {"TZ": "UTC"}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def _indented(text: str) -> str:
    return "\n".join(f"           {line}" for line in text.splitlines())


if __name__ == "__main__":
    main()
