"""The pages in a real browser: readable in both widths and themes, and usable by keyboard alone."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.helpers.browser import opened_browser, opened_page, served_site
from tests.helpers.builders import make_analysis, make_article, make_batch
from warehouse.append import append_batch
from warehouse.connect import open_live
from warehouse.folder import DataFolder
from warehouse.publish import publish
from warehouse.spool import spool

HOSTILE = "<script>alert(1)</script> \u202egnihton \u2066" + "w" * 10_000
PAGES = ("/today", "/data", "/data/tables/said", "/data/sql?sql=FROM+said", "/help")
LOOKS = [(390, "light"), (390, "dark"), (1600, "light"), (1600, "dark")]


@pytest.fixture(scope="module")
def browser():
    with opened_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = DataFolder(tmp_path_factory.mktemp("site"))
    article = make_article("“It sails,” said Ida Holm.", title=HOSTILE)
    with open_live(folder) as con:
        append_batch(con, spool(make_batch(make_analysis(article)), folder.spool))
    publish(folder)
    with served_site(folder) as address:
        yield address


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_pages_fit_and_have_no_serious_fault(browser, site, width, scheme):
    with opened_page(browser, width=width, scheme=scheme) as page:
        for path in PAGES:
            page.goto(f"{site}{path}")
            widest = page.evaluate("document.documentElement.scrollWidth")
            assert widest <= width, f"{path} is {widest} pixels wide"
            faults = [
                (fault["id"], [node["html"][:200] for node in fault["nodes"]])
                for fault in Axe().run(page).response["violations"]
                if fault["impact"] in ("serious", "critical")
            ]
            assert faults == [], path


def test_keys_lead_to_the_search_and_through_the_results(browser, site):
    with opened_page(browser) as page:
        page.goto(f"{site}/data")
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement.id") == "q"
        page.keyboard.press("Tab")
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("j")
        first = page.evaluate("document.activeElement.textContent")
        page.keyboard.press("j")
        page.keyboard.press("k")
        assert page.evaluate("document.activeElement.textContent") == first
        page.keyboard.press("Enter")
        page.wait_for_url("**/data/tables/**")
        assert page.text_content("h1") == first


def test_first_key_skips_the_header(browser, site):
    with opened_page(browser) as page:
        page.goto(f"{site}/help")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the content"


def test_editor_completes_names_and_runs_the_query(browser, site):
    with opened_page(browser) as page:
        page.goto(f"{site}/data/sql")
        page.wait_for_load_state("networkidle")
        page.click("#sql")
        page.keyboard.type("SELECT title FROM latest_art")
        page.wait_for_selector("#completions button")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        assert page.input_value("#sql") == "SELECT title FROM latest_articles"
        page.keyboard.press("Control+Enter")
        page.wait_for_selector("td")
        assert "<script>" in page.text_content("td")


def test_times_are_shown_in_the_zone_of_the_reader(browser, site):
    with opened_page(browser) as page:
        page.goto(f"{site}/today")
        shown = page.locator("footer time")
        assert shown.get_attribute("title").endswith("UTC")
        assert not shown.text_content().endswith("UTC")


def test_pages_work_without_script(browser, site):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/data/sql")
    page.fill("#sql", "SELECT 40 + 2 AS answer")
    page.get_by_role("button", name="Run", exact=True).click()
    assert page.text_content("td") == "42"
    context.close()
