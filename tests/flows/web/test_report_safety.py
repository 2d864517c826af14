"""The page is harmless for any text of a publisher, and works in a real browser."""

import base64
import hashlib
import re
import shutil
import subprocess

import pytest
from lxml import html

from flows.web.report import render_report
from flows.web.templating import safe_link
from tests.helpers.report_builders import LINKS, NOW, PAYLOADS, hostile
from warehouse.report_data import read_report

CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)


@pytest.fixture(scope="module")
def hostile_page(tmp_path_factory):
    folder = hostile(tmp_path_factory.mktemp("hostile"))
    return render_report(read_report(folder, days=30, now=NOW), made_at=NOW)


def test_page_runs_no_script_and_loads_nothing(hostile_page):
    page = html.fromstring(hostile_page)
    allowed = {
        "html", "head", "meta", "title", "style", "body", "header", "main", "footer", "section",
        "h1", "h2", "h3", "p", "ul", "li", "b", "i", "a", "div", "table", "tbody", "tr", "th", "td",
        "details", "summary", "blockquote", "mark", "svg", "g", "desc", "text", "rect", "line",
    }  # fmt: skip
    for element in page.iter():
        assert isinstance(element.tag, str), "a comment or processing instruction is in the page"
        assert element.tag in allowed, element.tag
        for name, value in element.attrib.items():
            assert not name.startswith("on"), name
            assert name not in ("src", "srcset", "style", "action", "data", "xlink:href")
            if name == "href":
                assert value.startswith(("http://", "https://"))
                assert element.attrib["rel"] == "noopener noreferrer"


def test_every_payload_is_shown_as_text(hostile_page):
    shown = html.fromstring(hostile_page).text_content()
    for payload in PAYLOADS[:16]:
        assert payload in shown
    stories, copied = (
        html.fromstring(hostile_page).xpath("//section[h2 = $name]", name=name)[0].text_content()
        for name in ("Stories", "Copied texts")
    )
    assert sum(payload in stories for payload in PAYLOADS) >= 9
    assert sum(payload in copied for payload in PAYLOADS) >= 8
    assert "49" not in re.findall(r"\{\{|49\{", shown)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", hostile_page)


def test_policy_allows_only_its_own_style_sheet(hostile_page):
    page = html.fromstring(hostile_page)
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    (style,) = page.xpath("//style/text()")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy.split("; ") == [
        "default-src 'none'", f"style-src 'sha256-{digest}'", "base-uri 'none'", "form-action 'none'",
    ]  # fmt: skip
    first = page.xpath("//head/*")[:2]
    assert [element.tag for element in first] == ["meta", "meta"], "the policy does not come first"


@pytest.mark.parametrize("link", LINKS)
def test_only_web_urls_are_linked(link):
    assert safe_link(link) is None


def browse(page, *options):
    """Load a page in headless Chromium; return its document and the console output."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    command = [
        CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
        "--enable-logging=stderr", "--v=0", "--allow-file-access-from-files",
        "--host-resolver-rules=MAP * ~NOTFOUND", "--virtual-time-budget=3000",
        f"--user-data-dir={page.parent / 'profile'}", *options, page.as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    console = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    return done.stdout, console


FRAME = """<!DOCTYPE html><body><iframe src="report.html" width="{width}" height="900"></iframe>
<pre></pre><script>
onload = () => {{
  const page = document.querySelector("iframe").contentDocument
  const style = frames[0].getComputedStyle(page.body)
  const shown = name => [...page.querySelectorAll("." + name)].filter(e => e.offsetWidth).length
  document.querySelector("pre").textContent = [
    page.documentElement.scrollWidth, style.backgroundColor, shown("wide"), shown("narrow"),
    page.querySelectorAll("script").length, page.title,
  ].join("|")
}}
</script>"""


@pytest.mark.parametrize(
    ("width", "options", "expected"),
    [
        pytest.param(1100, [], ["rgb(255, 255, 255)", "7", "0"], id="desk"),
        pytest.param(390, [], ["rgb(255, 255, 255)", "0", "7"], id="phone"),
        pytest.param(
            390,
            ["--blink-settings=preferredColorScheme=0"],
            ["rgb(20, 23, 26)", "0", "7"],
            id="dark",
        ),
    ],
)
def test_page_fits_the_screen_and_follows_its_colours(
    hostile_page, tmp_path, width, options, expected
):
    (tmp_path / "report.html").write_text(hostile_page, "utf-8")
    frame = tmp_path / "frame.html"
    frame.write_text(FRAME.format(width=width), "utf-8")
    document, console = browse(frame, "--dump-dom", "--window-size=1300,1000", *options)
    told = html.fromstring(document).xpath("string(//pre)").split("|")
    assert int(told[0]) <= width
    assert told[1:4] == expected
    assert told[4:] == ["0", "News on record, 30 June 2024"]
    assert console == []
