"""A publisher on loopback: feeds and their articles, which tests can change."""

import contextlib
import hashlib
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FIRST_DAY = datetime(2024, 6, 3, 8, 0, tzinfo=UTC)
PLACES = ("Aren", "Dravec", "Port Linnet", "Helmsby", "Oster Bay", "Karlow", "Venn", "Tarrow")


class NewsServer:
    """Feeds of a few articles each, served from memory.

    Attributes:
        pages: Path to body; other paths are 404.
        statuses: Path to a status that is sent instead of the body.
        redirects: Path to the path that its requests are redirected to.
        without_etag: Paths whose responses have no ETag.
        gates: Path to a function of the request's whole path and headers; without its consent,
            the answer is 403 and repeats the path.
        asked: Requests per path, and how many of them were answered with 304.
    """

    def __init__(self, *, feeds=3, articles=4, port=0):
        self.pages, self.statuses = {}, {}
        self.redirects: dict[str, str] = {}
        self.without_etag: set[str] = set()
        self.gates = {}
        self.asked: Counter[str] = Counter()
        self.not_modified: Counter[str] = Counter()
        self.lists = {
            f"/feed-{n}.xml": [f"/{n}/article-{i}" for i in range(articles)] for n in range(feeds)
        }
        self.pages["/robots.txt"] = b"User-agent: *\nDisallow: /private/\n"
        self.paragraphs = {}
        self.server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self.server.daemon_threads = True
        for paths in self.lists.values():
            for path in paths:
                self.pages[path] = self.article(path)
        self.refresh()

    @property
    def host(self):
        return f"127.0.0.1:{self.server.server_port}"

    def url(self, path):
        return f"http://{self.host}{path}"

    def article(self, path, *, extra=""):
        """Return the page of an article; `extra` is one more sentence."""
        number = int(hashlib.sha256(path.encode()).hexdigest(), 16)
        place, other = PLACES[number % 8], PLACES[number // 8 % 8]
        day = FIRST_DAY + timedelta(hours=number % 200)
        title = f"{place} opens its new ferry landing {path.rpartition('-')[2]} of {path[1]}"
        text = (
            f"<p>The council of {place} opened a ferry landing on Monday, nine years after the old one burned down ({path}).</p>"
            f"<p>“We have waited for this boat longer than for any train,” said Mayor Ruth Callender. "
            f"“Now it has to come on time.”</p>"
            f"<p>The landing will serve boats from {other} twice a day, according to the harbour office, which plans a night service for next summer.</p>"
            f"<p>Callender said that the work had cost 4.2 million crowns. {extra}</p>"
        )
        return (
            f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{title} | Harbour Times</title>"
            f"<meta property='og:title' content='{title}'>"
            f"<meta property='article:published_time' content='{day.isoformat()}'></head>"
            f"<body><nav><a href='/'>Home</a></nav><article><h1>{title}</h1>{text}</article></body></html>"
        ).encode()

    def refresh(self):
        """Rewrite the feeds from the current articles."""
        for feed, paths in self.lists.items():
            items = "".join(self._item(path) for path in paths)
            self.pages[feed] = (
                f"<?xml version='1.0'?><rss version='2.0'><channel><title>Harbour Times {feed}</title>"
                f"<link>{self.url('/')}</link><description>News</description>{items}</channel></rss>"
            ).encode()

    def _item(self, path):
        body = self.pages[path].decode()
        title = body.partition("<h1>")[2].partition("</h1>")[0]
        stamp = body.partition("published_time' content='")[2].partition("'")[0]
        summary = hashlib.sha256(self.pages[path]).hexdigest()[:12]  # changes when the page does
        return (
            f"<item><title>{title}</title><link>{self.url(path)}</link><guid>{self.url(path)}</guid>"
            f"<pubDate>{format_datetime(datetime.fromisoformat(stamp))}</pubDate>"
            f"<description>Update {summary}</description></item>"
        )

    def opml(self):
        outlines = "".join(
            f"<outline type='rss' text='Feed {feed}' xmlUrl='{self.url(feed)}' htmlUrl='{self.url('/')}'/>"
            for feed in self.lists
        )
        return f"<opml version='2.0'><head/><body>{outlines}</body></opml>".encode()

    def _handler(server):  # noqa: N805  # `self` is the handler
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                path = self.path.partition("?")[0]
                server.asked[path] += 1
                status = 301 if path in server.redirects else server.statuses.get(path)
                body = server.pages.get(path, b"")
                gate = server.gates.get(path)
                if gate is not None and not gate(self.path, self.headers):
                    status, body = 403, f"you may not read {self.path}".encode()
                etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
                if status is None:
                    status = 200 if path in server.pages else 404
                    if status == 200 and self.headers.get("If-None-Match") == etag:
                        status, body = 304, b""
                        server.not_modified[path] += 1
                self.send_response(status)
                kind = (
                    "application/rss+xml" if path.endswith(".xml") else "text/html; charset=utf-8"
                )
                self.send_header("Content-Type", kind)
                if path in server.redirects:
                    self.send_header("Location", server.redirects[path])
                if status in (200, 304) and path not in server.without_etag:
                    self.send_header("ETag", etag)
                has_body = status in (200, 403)
                self.send_header("Content-Length", str(len(body) if has_body else 0))
                self.end_headers()
                if has_body:
                    self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        return Handler


@contextlib.contextmanager
def serving(**sizes):
    news = NewsServer(**sizes)
    thread = threading.Thread(target=news.server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield news
    finally:
        news.server.shutdown()
        thread.join()
        news.server.server_close()
