"""What a document, list or feed names as a local file is never read; what a user names is."""

import json
import os
import zipfile

import pytest

from flows.archive.reader import read_capture
from flows.errors import ArchiveError, FeedListError, RulesError
from flows.feeds.feed_list import read_feed_list
from flows.jobs.load import load_files
from flows.rules import read_rules
from flows.settings import Settings
from tests.helpers.warehouses import contents

pytestmark = pytest.mark.usefixtures("unpublished")

SECRET = "The canary sings in the harbour at midnight, and nobody may hear it."
TEXT = "“The ferry sails again on Monday,” said Mayor Ruth Callender. The old one burned down."


@pytest.fixture
def secret(tmp_path):
    """Return a file outside the loaded folder that must not be read."""
    (tmp_path / "material").mkdir()
    path = tmp_path / "secret.html"
    path.write_text(f"<html><body><h1>Canary</h1><p>{SECRET}</p></body></html>")
    return path


def places(secret):
    """Return the ways to name the file."""
    return [
        str(secret),
        f"../{secret.name}",
        f"file://{secret}",
        f"file://localhost{secret}",
        f"file://files.example{secret}",
        f"FILE:{secret}",
        f"//localhost{secret}",
    ]


def as_list(places):
    return "links.txt", "https://\n".join(["# addresses", *places]).replace("https://", "")


def as_records(places):
    rows = [{"url": place, "text": TEXT, "warc_file": place, "image": place} for place in places]
    return "records.jsonl", "\n".join(json.dumps(row) for row in rows)


def as_addresses_in_a_table(places):
    return "table.csv", "url\n" + "\n".join([*places, "https://127.0.0.1/a"])


def as_feed(places):
    items = "".join(f"<item><title>a</title><link>{place}</link></item>" for place in places)
    return "feed.xml", f'<rss version="2.0"><channel><title>t</title>{items}</channel></rss>'


def as_sitemap(places):
    urls = "".join(f"<url><loc>{place}</loc></url>" for place in places)
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return "sitemap.xml", f'<urlset xmlns="{space}">{urls}</urlset>'


def as_page(places):
    links = "".join(
        f'<iframe src="{one}"></iframe><link rel="canonical" href="{one}">' for one in places
    )
    return "page.html", f"<html><head>{links}</head><body><p>{TEXT}</p></body></html>"


def as_opml(places):
    outlines = "".join(f'<outline type="rss" text="a" xmlUrl="{one}"/>' for one in places)
    return "list.opml", f'<opml version="2.0"><body>{outlines}</body></opml>'


@pytest.mark.parametrize(
    "written",
    [as_list, as_records, as_addresses_in_a_table, as_feed, as_sitemap, as_page, as_opml],
)
def test_local_file_that_a_file_names_is_not_read(tmp_path, secret, written):
    name, content = written(places(secret))
    (tmp_path / "material" / name).write_text(content)
    settings = Settings(data=tmp_path / "data", workers=1, host_delay=0.0)
    report = load_files([tmp_path / "material" / name], settings)
    assert report.count.seen == report.count.appended + report.count.known + report.count.rejected
    assert report.count.seen >= 1
    assert SECRET not in str(contents(settings.folder, ("articles", "documents", "entries")))
    for path in (tmp_path / "data").rglob("*.warc.gz"):
        assert b"canary" not in path.read_bytes()


def test_feeds_of_a_list_are_never_local_files(tmp_path, secret):
    _, content = as_opml([*places(secret), "https://a.example/feed.xml"])
    settings = Settings(data=tmp_path / "data", workers=1)
    settings.folder.root.mkdir()
    settings.folder.feed_list.write_text(content)
    found = read_feed_list(settings.folder.feed_list)
    assert [feed.url for feed in found.feeds] == ["https://a.example/feed.xml"]
    assert len(found.unusable) == len(places(secret))


@pytest.mark.parametrize(
    "warc_file",
    [
        "../secret.warc.gz",
        "/etc/passwd",
        "",
        ".",
        "a/../../secret.warc.gz",
        "..",
        "file:///etc/passwd",
    ],
)
def test_capture_outside_the_archive_is_not_read(tmp_path, warc_file):
    (tmp_path / "archive").mkdir()
    (tmp_path / "secret.warc.gz").write_bytes(b"WARC/1.1\r\n")
    with pytest.raises((ArchiveError, OSError)) as told:
        read_capture(tmp_path / "archive", warc_file, 0)
    assert "secret" not in str(told.value).replace(warc_file, "")


def test_entries_of_a_web_archive_that_leave_their_folder_write_nothing(tmp_path):
    names = ["archive/../../../escaped.warc", "/archive/escaped.warc", "archive/data.warc"]
    with zipfile.ZipFile(tmp_path / "crawl.wacz", "w", zipfile.ZIP_DEFLATED) as packed:
        for name in names:
            packed.writestr(
                name, b"WARC/1.1\r\nWARC-Type: warcinfo\r\nContent-Length: 0\r\n\r\n\r\n\r\n"
            )
        link = zipfile.ZipInfo("archive/link.warc")
        link.external_attr = 0o120777 << 16
        packed.writestr(link, "/etc/passwd")
    load_files([tmp_path / "crawl.wacz"], Settings(data=tmp_path / "data", workers=1))
    assert not list(tmp_path.rglob("*escaped*"))
    assert not [
        path for path in tmp_path.rglob("*") if path.is_symlink() and "published" not in str(path)
    ]


def special_file(tmp_path, kind):
    path = tmp_path / kind
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "empty":
        path.write_bytes(b"")
    else:
        path.symlink_to("/dev/zero")
    return path


@pytest.mark.parametrize(
    ("kind", "told"),
    [("pipe", "not a regular file"), ("folder", "folder"), ("device", "not a regular file")],
)
def test_list_and_rules_that_are_no_files_are_refused(tmp_path, kind, told):
    path = special_file(tmp_path, kind)
    with pytest.raises(FeedListError, match=told):
        read_feed_list(path)
    with pytest.raises(RulesError, match=told):
        read_rules(path)


def test_empty_list_is_refused_and_empty_rules_are_none(tmp_path):
    path = special_file(tmp_path, "empty")
    with pytest.raises(FeedListError, match="not a valid feed list"):
        read_feed_list(path)
    assert read_rules(path).rules == ()
