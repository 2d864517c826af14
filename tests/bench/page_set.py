"""The pages that are measured: real ones from a file, or the samples of the project."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import orjson

from flows.inputs.contract import open_lines
from flows.seeds import seeds_dir

# A page of the samples is measured so often, because there are few.
REPEATS = 6
_PARAGRAPHS = re.compile(r"<p[ >].*?</p>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Page:
    """A page and its address."""

    url: str | None
    html: str


@dataclass(frozen=True, slots=True)
class PageSet:
    """Pages and where they are from."""

    origin: str
    pages: tuple[Page, ...]

    @property
    def setting(self) -> str:
        """What a figure was measured on."""
        return f"{len(self.pages)} {self.origin}"


def read_pages(file: Path | None) -> PageSet:
    """Read the pages of a file in the input format of `onrecord extract`.

    If there is no such file, the pages are the samples of the project, each several times.
    """
    if file is None or not file.exists():
        folder = seeds_dir() / "articles"
        samples = [
            Page(None, path.read_text("utf-8")) for path in sorted(folder.glob("*.html"))
        ] * REPEATS
        return PageSet("sample pages", tuple(samples))
    with open_lines(str(file)) as lines:
        rows = [orjson.loads(line) for line in lines]
    pages = tuple(Page(row.get("url"), row["html"]) for row in rows if row.get("html"))
    return PageSet(f"pages of {file.name}", pages)


def write_pages(path: Path, pages: PageSet, count: int | None = None) -> Path:
    """Write pages as JSON Lines: as they are, or `count` different ones.

    Different ones are the pages again and again, each with an address of its own and a sentence
    of its own in its longest paragraph.
    """
    with path.open("wb") as lines:
        for number in range(count or len(pages.pages)):
            page = pages.pages[number % len(pages.pages)]
            row = {"id": number, "html": page.html, "url": page.url}
            if count is not None:
                row |= {"html": changed(page.html, number), "url": address(number)}
            lines.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
    return path


def address(number: int) -> str:
    """Return the address of a changed page; no page of ours is from this host."""
    return f"https://bench.example/news/report-{number}"


def changed(html: str, number: int) -> str:
    """Return a page with a sentence more in its longest paragraph.

    Its canonical link is not one any more: it would make all copies of a page one article.

    >>> changed("<p>Short.</p><p>The ferry left at dawn.</p>", 7)
    '<p>Short.</p><p>The ferry left at dawn. This was report 7.</p>'
    """
    html = re.sub(r"""rel=(["']?)canonical""", r"rel=\1other", html)
    sentence = f" This was report {number}."
    longest = max(_PARAGRAPHS.finditer(html), key=lambda found: len(found[0]), default=None)
    if longest is None:
        return html.replace("</body>", f"<p>{sentence}</p></body>", 1)
    end = longest.end() - len("</p>")
    return html[:end] + sentence + html[end:]
