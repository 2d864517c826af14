"""The twelve local outlets on loopback, a week of their news, and the edits of the week after.

    python -m tests.helpers.local_site DIR

This ingests the site into the new data folder DIR, so that the commands can be tried on it:
`onrecord stories --data DIR`. The outlets have names, such as `county-herald.example`, which
lead to loopback while `local_site` runs.
"""

from __future__ import annotations

import argparse
import contextlib
import re
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.__main__ import app
from tests.helpers.local_news import MONDAY, OUTLETS, WEEK_ENDS, Told, articles
from tests.helpers.news_server import NewsServer, serving

# Evenings on which the feeds are polled.
TUESDAY_NIGHT = MONDAY + timedelta(days=1, hours=17)
# All pages were visited a day or three days after publication, and all are due for another visit.
FORTNIGHT_LATER = WEEK_ENDS + timedelta(days=14)
REPORTERS = ("Nora Wick", "Tom Ansell", "Pia Rowe", "Sam Deller")


@dataclass
class LocalSite:
    """The outlets while they are served.

    Attributes:
        news: The server.
        told: The articles of the week.
        edited: The URLs of pages with a real edit, by what was edited.
        trivial: The URLs of pages with a trivial change, by what was changed.
    """

    news: NewsServer
    told: list[Told] = field(default_factory=articles)
    edited: dict[str, str] = field(default_factory=dict)
    trivial: dict[str, str] = field(default_factory=dict)

    @property
    def hosts(self) -> list[str]:
        """The names of the outlets, as hosts."""
        return [f"{outlet}.example" for outlet in OUTLETS]

    def url(self, path: str) -> str:
        """Return the URL of a path, which begins with the outlet."""
        port = self.news.server.server_port
        return f"http://{path.split('/')[1]}.example:{port}{path}"

    def publish(self, until: datetime) -> None:
        """Serve the articles that were published until an instant, and the feeds with them."""
        out = [one for one in self.told if one.published_at <= until]
        self.news.pages |= {
            one.path: page(one) for one in out if one.path not in self.news.pages
        }  # fmt: skip
        for outlet in OUTLETS:
            mine = [one for one in reversed(out) if one.outlet == outlet]
            self.news.pages[f"/{outlet}/feed.xml"] = self._feed(outlet, mine)

    def edit(self) -> None:
        """Change some pages, and show new headlines in the feeds."""
        for what, chosen, change in EDITS:
            self.edited[what] = self._change(chosen, change)
        for what, chosen, change in TRIVIAL:
            self.trivial[what] = self._change(chosen, change)
        self.publish(WEEK_ENDS)

    def _change(self, chosen: Callable[[Told], bool], change: Callable[[str], str]) -> str:
        """Change the first page for which the change makes a difference; return its URL."""
        taken = {*self.edited.values(), *self.trivial.values()}
        for told in filter(chosen, self.told):
            url, before = self.url(told.path), self.news.pages[told.path].decode()
            if url not in taken and (after := change(before)) != before:
                self.news.pages[told.path] = after.encode()
                return url
        raise AssertionError("no page has the words that are to be changed")

    def _feed(self, outlet: str, told: list[Told]) -> bytes:
        items = "".join(
            f"<item><title>{self._title(one)}</title><link>{self.url(one.path)}</link>"
            f"<guid>{self.url(one.path)}</guid><pubDate>{format_datetime(one.published_at)}</pubDate>"
            f"<description>{escape(one.paragraphs[0])}</description></item>"
            for one in told
        )
        return (
            f"<?xml version='1.0'?><rss version='2.0'><channel><title>{OUTLETS[outlet]}</title>"
            f"<link>{self.url(f'/{outlet}/')}</link><description>News</description>{items}"
            "</channel></rss>"
        ).encode()

    def _title(self, told: Told) -> str:
        return self.news.pages[told.path].decode().partition("<h1>")[2].partition("</h1>")[0]


def page(told: Told) -> bytes:
    """Return the page of an article with all that surrounds it on a news site."""
    name, title = OUTLETS[told.outlet], escape(told.title)
    text = "\n".join(f"<p>{escape(one, quote=False)}</p>" for one in told.paragraphs)
    by = "" if told.copied else f"<p class='byline'>By {REPORTERS[len(told.title) % 4]}</p>"
    shown = f"{told.published_at:%-d %B %Y, %H:%M}"
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>{title} | {name}</title><meta property="og:title" content="{title}">
<meta property="og:type" content="article"><meta property="og:site_name" content="{name}">
<meta property="article:published_time" content="{told.published_at.isoformat()}"></head><body>
<header><a href="/{told.outlet}/">{name}</a></header>
<nav><ul><li><a href="/{told.outlet}/news">News</a></li><li><a href="/{told.outlet}/sport">Sport</a></li>
<li><a href="/{told.outlet}/weather">Weather</a></li></ul></nav>
<main><article><h1>{title}</h1>{by}<time datetime="{told.published_at.isoformat()}">{shown}</time>
{text}
<p class="counter">12 comments</p></article>
<aside><h2>Most read</h2><ul><li><a href="/{told.outlet}/a">Where to park at the spring fair</a></li>
<li><a href="/{told.outlet}/b">Seven walks for wet days</a></li></ul></aside></main>
<footer><p>{name}, 1 Market Place. All rights reserved.</p></footer></body></html>""".encode()


def _of(
    event: str, *, said: str | None = None, copied: str | None = None
) -> Callable[[Told], bool]:
    """Return whether an article is of an event, with a way of quoting or copying if given."""
    return lambda told: (
        told.event == event
        and (said is None or told.said == said)
        and (told.copied == copied)
    )  # fmt: skip


def _sub(pattern: str, new: str, *, times: int = 0) -> Callable[[str], str]:
    return lambda html: re.sub(pattern, new, html, count=times, flags=re.DOTALL)


EDITS = (
    ("headline", _of("kellmouth"), _sub("Two workers die in fire at Kellmouth", "Two die, three arrested after fire at Kellmouth")),
    ("statement altered", _of("kellmouth", said="whole"), _sub("told the owners three times", "told the owners many times")),
    ("statement removed", _of("kellmouth", said="cut"), _sub("<p>“We told the owners.*?</p>\n", "")),
    ("number of a copy", _of("dunmarrow", copied="more"), _sub("34 million", "41 million")),
    ("headline and number", _of("dunmarrow", copied="headline"), _sub("Police suspect arson at Dunmarrow plant", "Dunmarrow plant: 3 men arrested")),
    ("sentence added", _of("sandvere", said="interrupted"), _sub('<p class="counter">', '<p>Prosecutors opened an inquiry against two managers on Saturday.</p>\n<p class="counter">')),
    ("passengers", _of("sandvere", copied="whole"), _sub("with 90 passengers", "with 112 passengers")),
    ("name corrected", _of("bees-0"), _sub(r"said (\w+) \w+, who", r"said \1 Zimmerle, who")),
    ("sentence cut", _of("match-3"), _sub("<p>Next week,.*?</p>\n|<p>The visitors.*?</p>\n", "", times=1)),
    ("announced headline", _of("tram-2"), _sub("Rails under the asphalt: ", "Six years to wait: ")),
)  # fmt: skip
TRIVIAL = (
    ("updated", _of("kellmouth"), _sub("</time>", "</time><p>Updated: 15 March 2026, 09:14</p>")),
    ("counter", _of("dunmarrow"), _sub("12 comments", "214 comments")),
    ("related", _of("sandvere"), _sub('<p class="counter">', '<p>Read more: <a href="/x">What we know about the fires</a></p><p class="counter">')),
    ("marks", _of("dunmarrow", said="changed"), _sub("[“”]", "&quot;")),
    ("furniture", _of("court-0"), _sub("Seven walks for wet days", "How to prune a pear tree")),
    ("white space", _of("choir-3"), _sub("</p>\n<p>", "</p>\n\n\n<p>&nbsp;</p><p>")),
)  # fmt: skip


@contextlib.contextmanager
def local_site() -> Iterator[LocalSite]:
    """Serve the outlets, without articles, under their names."""
    with serving(feeds=0) as news, pytest.MonkeyPatch.context() as patch:
        site = LocalSite(news)
        look_up = socket.getaddrinfo

        def on_loopback(host, *given, **named):
            return look_up("127.0.0.1" if host in site.hosts else host, *given, **named)

        patch.setattr(socket, "getaddrinfo", on_loopback)
        yield site


def run_at(site: LocalSite, data: Path, instant: datetime, *arguments: str) -> str:
    """Run a command at an instant and return what it prints."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return instant.astimezone(tz)

    settings = {
        "ALLOW_HOSTS": ",".join(site.hosts), "HOST_DELAY": "0", "WORKERS": "1", "PREFECT": "never",
    }  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(f"ONRECORD_{name}", value)
        patch.setattr("flows.jobs.ingest.datetime", Clock)
        result = CliRunner().invoke(app, [*arguments, "--data", str(data)])
    assert result.exit_code == 0, result.output
    return result.output


def live_through(site: LocalSite, data: Path) -> None:
    """Add the feeds, ingest twice in the week, and again after the pages were edited."""
    site.publish(TUESDAY_NIGHT)
    feeds = [site.url(f"/{outlet}/feed.xml") for outlet in OUTLETS]
    run_at(site, data, TUESDAY_NIGHT, "add", *feeds)
    run_at(site, data, TUESDAY_NIGHT, "ingest")
    site.publish(WEEK_ENDS)
    run_at(site, data, WEEK_ENDS, "ingest")
    site.edit()
    run_at(site, data, FORTNIGHT_LATER, "ingest")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    with local_site() as site:
        live_through(site, folder)
    for what, url in (site.edited | site.trivial).items():
        sys.stdout.write(f"{what:20} {url}\n")


if __name__ == "__main__":
    main()
