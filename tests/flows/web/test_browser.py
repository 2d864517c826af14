"""The pages in a real browser: readable in both widths and themes, and usable by keyboard alone."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.helpers.browser import opened_browser, opened_page, served_site
from tests.helpers.linked import load_linked
from tests.helpers.stories import make_story
from warehouse.publish import publish

pytestmark = pytest.mark.slow

HOSTILE = "<script>alert(1)</script> \u202egnihton \u2066" + "w" * 10_000
SAID = "It sails at noon, whatever the sea does, and it comes back before the night"
PAGES = (
    "/today", "/search?q=sails", "/search?q=sails&as=statements", "/watches", "/stories", "/speakers",
    "/speakers/Ida%20Holm", "/entities/n1-ida-holm", "/feeds", "/feeds/new", "/rejections", "/runs",
    "/data", "/data/tables/said", "/api", "/data/sql?sql=FROM+said", "/help",
)  # fmt: skip
KINDS = ("/articles/", "/stories/", "/statements/")  # of whose pages the lists have links
LOOKS = [(390, "light"), (1600, "dark")]  # each width and each theme


@pytest.fixture(scope="module")
def browser():
    with opened_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    told = [
        make_story(
            f"{HOSTILE}\nThe ferry of Aveling waits for the wind. “{SAID},” said Ida Holm.",
            url=f"https://{host}.example/ferry",
            day="2024-06-03",
            hour=hour,
            said=[(SAID, "Ida Holm", "captain", "direct", {"fingerprint": "q1-sails"})],
            named=[("Ida Holm", "person"), ("Aveling", "place")],
        )
        for hour, host in enumerate(("a", "b"))
    ]
    folder = load_linked(tmp_path_factory.mktemp("site"), told)
    publish(folder)
    with served_site(folder) as address:
        yield address


def first_links(page, site):
    """Return the first link of each kind on the page of the day."""
    page.goto(f"{site}/today")
    links = page.eval_on_selector_all("main a", "all => all.map(a => a.getAttribute('href'))")
    return [next(link for link in links if link.startswith(kind)) for kind in KINDS]


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_pages_fit_and_have_no_serious_fault(browser, site, width, scheme):
    with opened_page(browser, width=width, scheme=scheme) as page:
        for path in (*PAGES, *first_links(page, site)):
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


def test_search_leads_to_the_archived_original_by_keyboard_alone(browser, site):
    with opened_page(browser) as page:
        page.goto(f"{site}/today")
        page.keyboard.press("/")
        page.keyboard.type("ferry")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search?**")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url("**/articles/**")
        assert SAID in page.text_content("main")


def test_search_is_saved_as_a_watch(browser, site):
    with opened_page(browser) as page:
        page.goto(f"{site}/search?q=ferry")
        page.get_by_text("Save as a watch").first.click()
        page.fill("input[name=name]", "ferries")
        page.keyboard.press("Enter")
        page.wait_for_url("**/watches**")
        assert "ferries" in page.text_content("main")
