"""A publisher whose feeds need secrets, and a search for these secrets in all that was written."""

import contextlib
import gzip
import json
import re
from urllib.parse import quote

from fastwarc.warc import ArchiveIterator

from tests.helpers.news_server import serving
from warehouse.connect import open_live, open_snapshot

# Each is in one place, and all have this part.
CANARY = "cAnAry"
LOGIN = f"desk:{CANARY}Pw1"
FIELDS = {
    name: f"{CANARY}{name}4711"
    for name in ("k", "u", "uid", "pw", "access", "rss_key", "feedkey", "token", "api_key")
}
PATH = f"a3Fk2Ls9QmZ1x7{CANARY}"
OTHER_PATH = f"b8Kq2Zx7LwR4t6{CANARY}"
LINK = f"{CANARY}Link5"
SECRETS = f"""
[[secrets]]
host = "HOST"
path = "/feed-3.xml"
over_http = true
user = "desk"
password = "{CANARY}Pw6"
query = {{ member = "{CANARY}7" }}
headers = {{ X-Desk = "{CANARY}8" }}
cookies = {{ session = "{CANARY}9" }}
"""
QUERY = "&".join(f"{name}={value}" for name, value in FIELDS.items())
PRIVATE_FILES = {"feeds.opml", "secrets.toml", "masked_values.jsonl"}


@contextlib.contextmanager
def private_news():
    """Serve five feeds and their pages to those who know all secrets; nobody else gets them."""
    with serving(feeds=4, articles=2) as news:
        token = f"/rss/private/{PATH}.xml"
        news.pages[token] = news.pages.pop("/feed-2.xml")
        news.lists[token] = news.lists.pop("/feed-2.xml")
        news.lists["/feed-4.xml"] = ["/4/article-0"]
        news.pages["/4/article-0"] = news.article("/4/article-0")
        news.refresh()
        news.pages[token] = news.pages[token].replace(f"Times {token}".encode(), b"Times")
        for path in list(news.lists):  # links of the reader, who is known by a token
            links = re.compile(rb"(/article-\d)<")
            news.pages[path] = links.sub(rb"\1?token=%s<" % LINK.encode(), news.pages[path])
            for page in news.lists[path]:
                news.gates[page] = lambda asked, _: asked.endswith(f"?token={LINK}")
        news.gates["/feed-0.xml"] = lambda _, headers: "Basic " in headers.get("Authorization", "")
        news.gates["/feed-1.xml"] = lambda asked, _: asked.endswith(f"?{QUERY}")
        news.gates["/feed-3.xml"] = lambda asked, headers: (
            asked == f"/feed-3.xml?member={CANARY}7"
            and headers["X-Desk"] == f"{CANARY}8"
            and headers["Cookie"] == f"session={CANARY}9"
            and headers["Authorization"].startswith("Basic ")
        )
        news.redirects["/feed-4.xml"] = f"/moved-4.xml?key={CANARY}k10"
        news.pages["/moved-4.xml"] = news.pages["/feed-4.xml"]
        news.gates["/moved-4.xml"] = lambda asked, _: asked.endswith(f"?key={CANARY}k10")
        yield news


def feed_urls(news):
    """Return the URLs of the feeds, with their secrets."""
    return [
        news.url("/feed-0.xml").replace("//", f"//{LOGIN}@"),
        news.url(f"/feed-1.xml?{QUERY}"),
        news.url(f"/rss/private/{PATH}.xml"),
        news.url("/feed-3.xml"),
        news.url(f"/feed-4.xml?key={CANARY}k10"),
        news.url(f"/feeds/token/{OTHER_PATH}/gone.xml"),
    ]


def write_private_list(folder, news):
    urls = [url.replace("&", "&amp;") for url in feed_urls(news)]
    outlines = "".join(f"<outline type='rss' text='{url}' xmlUrl='{url}'/>" for url in urls)
    (folder / "feeds.opml").write_text(f"<opml version='2.0'><head/><body>{outlines}</body></opml>")
    (folder / "secrets.toml").write_text(SECRETS.replace("HOST", news.host))


def find_canaries(text):
    """Return what stands around each canary in a text."""
    places = re.finditer(CANARY.lower(), text.lower())
    return [text[max(found.start() - 60, 0) : found.end() + 20] for found in places]


def found_in_rows(folder, *, is_live):
    """Return the places of canaries in all tables and views."""
    places = []
    with open_live(folder) if is_live else open_snapshot(folder) as con:
        names = con.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'main'"
        ).fetchall()
        assert len(names) > 20
        for (name,) in names:
            rows = con.execute(f'SELECT * FROM "{name}"').fetchall()
            places += [(name, hit) for hit in find_canaries(repr(rows))]
    return places


def found_in_archive(folder):
    """Return canaries in the archive: in all of it that no publisher has sent as its page."""
    places = []
    for path in folder.archive.iterdir():
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream, parse_http=True):
                shown = [*record.headers.items()]
                if record.http_headers is not None:
                    shown += record.http_headers.items()
                    if record.http_headers.status_code != 200:
                        shown.append(("body", record.reader.read().decode("latin-1")))
                places += [(path.name, hit) for hit in find_canaries(repr(shown))]
    return places


def found_in_files(root):
    """Return canaries in all other files of a folder, also in compressed and escaped form."""
    places = []
    for path in root.rglob("*"):
        if not path.is_file() or path.name in PRIVATE_FILES or path.parent.name == "archive":
            continue
        content = path.read_bytes()
        if path.suffix == ".gz":
            content = gzip.decompress(content)
        places += [(path.name, hit) for hit in find_canaries(content.decode("latin-1"))]
    return places


def is_hidden(shown):
    """Whether no canary is in a value, written as JSON or escaped for a URL."""
    text = shown if isinstance(shown, str) else json.dumps(shown, default=str)
    return not find_canaries(text) and quote(CANARY) not in text
