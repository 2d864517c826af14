"""What readers do with forms in a real browser: sign in, add a feed, ask with SQL; or may not."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from flows.feeds.feed_list import read_feed_list
from flows.web.access import Access
from flows.web.passwords import hash_password
from flows.web.scopes import scopes_from
from tests.helpers.browser import opened_browser, opened_page, served_site
from tests.helpers.desk import NOW, add_rows, feed_row, rejection_row, run_row
from tests.helpers.linked import load_linked
from tests.helpers.news_server import serving
from tests.helpers.stories import make_story
from warehouse.folder import DataFolder

pytestmark = pytest.mark.slow

PASSWORD, OF_READERS = "for everything", "for readers only"
SLOW_MS = 120_000  # a trial starts a process and fetches pages
PAGES = (
    "/today", "/search?q=ferry", "/watches", "/feeds", "/feeds/f1-world", "/rejections", "/runs",
    "/data", "/data/tables/said", "/data/sql",
)  # fmt: skip


@pytest.fixture(scope="module")
def browser():
    with opened_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("data")
    load_linked(root, [make_story("The ferry sails.", url="https://a.example/1", day="2024-06-03")])
    add_rows(
        root,
        feeds=[feed_row("world")],
        rejections=[rejection_row(1)],
        runs=[run_row("run-1", recorded_at=NOW)],
    )
    return DataFolder(root)


@pytest.fixture(scope="module")
def locked(folder):
    hashes = hash_password(PASSWORD), hash_password(OF_READERS)
    access = Access(password_hash=hashes[0], reader_password_hash=hashes[1])
    with served_site(folder, access=access) as address:
        yield address


def tab_to(page, text):
    """Press Tab until something with a text or an id has the focus."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate(
            "text => [document.activeElement.id, document.activeElement.textContent.trim()].includes(text)",
            text,
        ):
            return
    pytest.fail(f"the key Tab does not lead to {text}")


def sign_in(page, address, password):
    page.goto(f"{address}/today")
    page.wait_for_url("**/sign-in")
    tab_to(page, "password")
    page.keyboard.type(password)
    page.keyboard.press("Enter")


def faults(page):
    found = Axe().run(page).response["violations"]
    return [one["id"] for one in found if one["impact"] in ("serious", "critical")]


def test_reader_signs_in_and_out_by_keyboard_alone(browser, locked):
    with opened_page(browser, refusals=(403,)) as page:
        sign_in(page, locked, "wrong password")
        page.wait_for_selector("[role=alert]")
        assert page.text_content("[role=alert]") == "This password is wrong."
        assert faults(page) == []
        tab_to(page, "password")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/today")
        tab_to(page, "Sign out")
        page.keyboard.press("Enter")
        page.wait_for_url("**/sign-in")
        page.goto(f"{locked}/feeds")
        page.wait_for_url("**/sign-in")


@pytest.mark.parametrize("width", [390, 1600])
def test_reader_sees_all_pages_without_a_form_that_changes_something(browser, locked, width):
    with opened_page(browser, width=width, refusals=(403,)) as page:
        sign_in(page, locked, OF_READERS)
        page.wait_for_url("**/today")
        for path in PAGES:
            page.goto(f"{locked}{path}")
            forms = page.eval_on_selector_all(
                "form[method=post]", "all => all.map(form => form.getAttribute('action'))"
            )
            assert forms == ["/sign-out"], path
            assert page.get_by_role("link", name="Add a feed").count() == 0
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            assert faults(page) == [], path
        page.goto(f"{locked}/feeds/new")
        assert page.text_content("h1") == "You may not do this"
        assert faults(page) == []
        page.get_by_role("link", name="Sign in").click()
        page.fill("#password", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/today")
        page.goto(f"{locked}/feeds")
        page.get_by_role("link", name="Add a feed").click()
        page.wait_for_url("**/feeds/new")


def test_reader_without_sql_sees_no_way_to_it(browser, folder):
    access = Access(scopes=scopes_from("read"))
    with served_site(folder, access=access) as address, opened_page(browser) as page:
        for path in ("/today", "/data", "/data/tables/said"):
            page.goto(f"{address}{path}")
            assert page.locator("a[href^='/data/sql']").count() == 0, path
            assert page.locator("main").inner_text()


def test_feed_behind_a_page_is_found_tried_and_added(browser, tmp_path):
    with serving(feeds=2, articles=3) as news:
        links = "".join(
            f'<link rel="alternate" type="application/rss+xml" href="{feed}">'
            for feed in news.lists
        )
        news.pages["/"] = f"<html><head><title>Times</title>{links}</head></html>".encode()
        folder, second = DataFolder(tmp_path), [*news.lists][1]
        with (
            served_site(folder, host_delay=0.0, allow_hosts=news.host) as address,
            opened_page(browser) as page,
        ):
            page.set_default_timeout(SLOW_MS)
            page.goto(f"{address}/feeds")
            page.get_by_role("link", name="Add a feed").click()
            page.get_by_label("Address of a feed, or of a page that has one").fill(news.url("/"))
            page.keyboard.press("Enter")
            page.get_by_role("heading", name="2 feeds of this site").wait_for()
            page.locator(f"a[href*='{second.lstrip('/')}']").click()
            page.get_by_role("heading", name="What comes out of its pages").wait_for()
            shown = page.text_content("main")
            assert "3, of which 3 new" in shown
            assert "opens its new ferry landing" in shown
            assert not folder.feed_list.exists()
            page.get_by_label("Folder in the list").fill("Harbours")
            page.get_by_role("button", name="Add", exact=True).click()
            page.wait_for_url("**/feeds/*done=added")
            assert page.text_content("[role=status]") == (
                "The feed was added. The next run polls it."
            )
            [listed] = read_feed_list(folder.feed_list).feeds
            assert (listed.url, listed.folder) == (news.url(second), "Harbours")
            page.goto(f"{address}/feeds")
            assert page.locator(".feedlist li").count() == 1


def test_query_is_run_and_another_one_refused_by_keyboard_alone(browser, folder):
    with served_site(folder, query_timeout_s=20) as address, opened_page(browser) as page:
        page.goto(f"{address}/data")
        tab_to(page, "write SQL")
        page.keyboard.press("Enter")
        page.wait_for_url("**/data/sql")
        tab_to(page, "sql")
        page.keyboard.type("SELECT title, 40 + 2 AS answer FROM articles")
        page.keyboard.press("Control+Enter")
        page.wait_for_selector("td")
        assert page.locator("td").all_text_contents() == ["The ferry sails.", "42"]
        page.focus("#sql")
        page.keyboard.press("Control+A")
        page.keyboard.type("DROP TABLE articles")
        page.keyboard.press("Control+Enter")
        page.wait_for_selector("[role=alert]")
        assert "snapshots are read-only" in page.text_content("[role=alert]")
        assert page.locator("td").count() == 0
        assert page.input_value("#sql") == "DROP TABLE articles"
        assert faults(page) == []
