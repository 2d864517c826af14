"""The report: true figures, harmless whatever a publisher writes, readable in a browser."""

import base64
import hashlib
import re
import shutil
import subprocess
from datetime import UTC, date, datetime, timedelta

import pytest
from lxml import html
from typer.testing import CliRunner

from flows.__main__ import app
from flows.report_page.charts import articles_per_day, bars
from flows.report_page.page import render_report, safe_link
from tests.builders import make_analysis, make_article, make_batch
from transforms.records import Entity, Mention, Quotation, Rejection
from warehouse.append import append_batch, append_rows
from warehouse.connect import open_live
from warehouse.errors import WarehouseMissingError
from warehouse.folder import DataFolder
from warehouse.publish import publish
from warehouse.report_data import read_report
from warehouse.rows import rejection_row
from warehouse.spool import spool

NOW = datetime(2024, 7, 1, 12, 0, tzinfo=UTC)
PAYLOADS = [
    "<script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    "<img src=https://evil.example/pixel.gif>",
    "<svg/onload=alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    '"><iframe src=//evil.example></iframe>',
    "' onmouseover='alert(1)",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "<base href=//evil.example/>",
    "<form action=//evil.example><input></form>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<math><mtext></mtext><script>alert(1)</script></math>",
    "{{ 7 * 7 }}{% raw %}",
    "]]><script>alert(1)</script>",
    "<!--><script>alert(1)</script>-->",
    "\x1b]8;;x\x07 \x00\x0b control \u202e reversed",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "'; DROP TABLE articles;-- \\' + alert(1) + \\'",
    "\\u003cscript\\u003e [datum.value] ${1}",
]
LINKS = [
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>", "vbscript:x", "file:///etc/passwd", "//evil.example",
    "https:", "http://[::1", "", None,
]  # fmt: skip
CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)


def folder_with(root, *analyses, rows=()):
    folder = DataFolder(root)
    batch = make_batch(*analyses)
    for table, row in rows:
        batch.add({table: [row]})
    with open_live(folder, wait_s=0) as con:
        append_batch(con, spool(batch, folder.spool))
    publish(folder, wait_s=0)
    return folder


def analysis(number, published_at, *, text=None, host="paper.example", **given):
    text = text or f"“We waited long enough,” the mayor said in story {number}. Then it rained."
    article = make_article(
        text, url=f"https://{host}/{number}", published_at=published_at, **given.pop("article", {})
    )
    quotation = {"start": 0, "end": 25, "text": text[:25], "kind": "direct", "fragments": (),
                 "speaker": "the mayor", "speaker_name": "Odile Marchetti"}  # fmt: skip
    mention = {"start": 0, "end": 3, "text": text[:3], "kind": "place", "name": "Aldersund",
               "entity_id": "place-1"}  # fmt: skip
    entity = {"entity_id": "place-1", "name": "Aldersund", "kind": "place"}
    return make_analysis(
        article,
        quotations=(Quotation(**quotation | given.get("quotation", {})),),
        mentions=(Mention(**mention | given.get("mention", {})),),
        entities=(Entity(**entity | given.get("entity", {})),),
    )


def hostile(root):
    """A warehouse in which every field that the report shows holds one of the payloads."""
    analyses = [
        analysis(
            number, NOW - timedelta(days=1), text=payload + " they said, and said it again.",
            article={"title": payload, "publisher": payload},
            quotation={"speaker_name": payload, "speaker_role": payload},
            mention={"name": payload, "entity_id": f"e{number}",
                     "kind": ("person", "organization", "place")[number % 3]},
            entity={"entity_id": f"e{number}", "name": payload,
                    "kind": ("person", "organization", "place")[number % 3]},
        )
        for number, payload in enumerate(PAYLOADS)
    ]  # fmt: skip
    refusals = [
        rejection_row(
            Rejection(item=payload, stage=payload, reason=payload, detail=payload),
            run_id="run-1", document_id=None, now=NOW,
        )
        for payload in PAYLOADS
    ]  # fmt: skip
    folder = folder_with(root, *analyses, rows=[("rejections", row) for row in refusals])
    with open_live(folder, wait_s=0) as con:
        append_rows(con, "checks", [
            {"run_id": "run-1", "check_name": payload, "severity": "error", "subject": payload,
             "detail": payload, "found_at": NOW}
            for payload in PAYLOADS
        ])  # fmt: skip
        append_rows(con, "runs", [
            {"run_id": f"run-{number}", "flow": payload, "state": payload, "recorded_at": NOW,
             "started_at": NOW, "host": "h", "pid": 1}
            for number, payload in enumerate(PAYLOADS)
        ])  # fmt: skip
        con.execute("UPDATE articles SET url = $links[1 + CAST(hash(article_id) % $n AS INTEGER)],"
                    " source_id = title",
                    {"links": [link for link in LINKS if link], "n": len(LINKS) - 2})  # fmt: skip
    publish(folder, wait_s=0)
    return folder


@pytest.fixture(scope="module")
def hostile_page(tmp_path_factory):
    folder = hostile(tmp_path_factory.mktemp("hostile"))
    return render_report(read_report(folder, days=30, now=NOW), made_at=NOW)


def page_of(folder, days=30):
    data = read_report(folder, days=days, now=NOW)
    return data, html.fromstring(render_report(data, made_at=NOW))


def text_of(element):
    return " ".join(element.text_content().split())


def test_page_runs_no_script_and_loads_nothing(hostile_page):
    page = html.fromstring(hostile_page)
    allowed = {
        "html", "head", "meta", "title", "style", "body", "header", "main", "footer", "section",
        "h1", "h2", "h3", "p", "ul", "li", "b", "i", "a", "div", "table", "tbody", "tr", "th", "td",
        "details", "summary", "blockquote", "mark", "svg", "g", "path", "text", "rect", "line",
    }  # fmt: skip
    for element in page.iter():
        assert isinstance(element.tag, str), "no comment and no processing instruction"
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
    assert "49" not in re.findall(r"\{\{|49\{", shown)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", hostile_page)


def test_policy_allows_the_one_style_sheet_only(hostile_page):
    page = html.fromstring(hostile_page)
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    (style,) = page.xpath("//style/text()")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy.split("; ") == [
        "default-src 'none'", f"style-src 'sha256-{digest}'", "base-uri 'none'", "form-action 'none'",
    ]  # fmt: skip
    first = page.xpath("//head/*")[:2]
    assert [element.tag for element in first] == ["meta", "meta"], "the policy comes first"


@pytest.mark.parametrize("link", LINKS)
def test_only_addresses_of_the_web_are_linked(link):
    assert safe_link(link) is None


def test_report_tells_what_the_warehouse_holds(tmp_path):
    folder = folder_with(
        tmp_path, *(analysis(number, NOW - timedelta(days=number)) for number in range(4))
    )
    data, page = page_of(folder)
    assert (data.first_on, data.last_on) == (date(2024, 6, 2), date(2024, 7, 1))
    assert data.totals == {"sources": 1, "articles": 4, "quotations": 4, "mentions": 4, "dates": 0}
    assert [row["day"].day for row in data.articles_per_day] == [28, 29, 30, 1]
    assert data.speakers[0] | {"name": ""} == {
        "name": "", "occurrences": 4, "articles": 4, "sources": 1,
    }  # fmt: skip
    assert data.named["place"][0]["name"] == "Aldersund"
    assert data.named["person"] == []
    marked = [text_of(mark) for mark in page.xpath("//blockquote//mark")]
    assert marked[0].startswith("“We waited long enough,”")
    assert "Odile Marchetti" in text_of(page.xpath("//blockquote")[0])
    assert page.xpath("//blockquote//a/@href")[0] == "https://paper.example/0"
    titles = [title.text for title in page.iter("title")]
    assert "1 Jul 2024, paper.example: 1" in [" ".join(title.split()) for title in titles]


def test_context_of_a_statement_is_what_stands_around_it(tmp_path):
    text = "x" * 300 + " “It rained,” said Ana Petrova. " + "y" * 300
    start = text.index("“")
    quotation = {"start": start, "end": start + 29, "text": text[start : start + 29]}
    data, page = page_of(folder_with(tmp_path, analysis(1, NOW, text=text, quotation=quotation)))
    (row,) = data.newest_quotations
    assert (row["before"], row["after"]) == ("x" * 159 + " ", ". " + "y" * 158)
    assert (row["is_cut_before"], row["is_cut_after"]) == (True, True)
    assert row["statement"] == "“It rained,” said Ana Petrova"
    assert text_of(page.xpath("//blockquote/p")[0]).startswith("…xxx")


def test_silent_days_of_a_busy_source_are_gaps(tmp_path):
    busy = [
        analysis(f"{day}-{item}", NOW - timedelta(days=day), host="busy.example")
        for day in range(10) if day not in (2, 3) for item in range(5)
    ]  # fmt: skip
    rare = [analysis(day, NOW - timedelta(days=day), host="rare.example") for day in (0, 8)]
    data, page = page_of(folder_with(tmp_path, *busy, *rare))
    (gap,) = data.gaps
    assert gap["source_id"] == "busy.example"
    assert gap["silent_days"] == [date(2024, 6, 28), date(2024, 6, 29)]
    assert "28 June 2024, 29 June 2024" in text_of(page)


def test_date_in_the_future_does_not_move_the_span(tmp_path):
    far = datetime(2099, 1, 1, tzinfo=UTC)
    data, _ = page_of(folder_with(tmp_path, analysis(1, NOW), analysis(2, far)))
    assert data.last_on == date(2024, 7, 1)


def test_empty_warehouse_gives_a_page(tmp_path):
    folder = DataFolder(tmp_path)
    with open_live(folder, wait_s=0):
        pass
    publish(folder, wait_s=0)
    data, page = page_of(folder)
    assert data.last_on is None
    assert "no dated article yet" in text_of(page)


def test_nothing_published_is_said(tmp_path):
    with pytest.raises(WarehouseMissingError):
        read_report(DataFolder(tmp_path), days=30, now=NOW)


def test_command_writes_the_page(tmp_path):
    folder = folder_with(tmp_path / "data", analysis(1, NOW))
    output = tmp_path / "report.html"
    done = CliRunner().invoke(app, ["report", str(output), "--data", str(folder.root)])
    assert done.exit_code == 0, done.output
    assert output.read_text("utf-8").startswith("<!DOCTYPE html>")


def test_many_sources_are_six_and_all_others():
    rows = [
        {"day": date(2024, 7, 1), "source_id": f"paper-{number}.example", "articles": number + 1}
        for number in range(9)
    ]
    day = date(2024, 7, 1)
    drawn = articles_per_day(rows, first_on=day, last_on=day, width=400)
    shown = re.findall(r">([^<]+)</text>", drawn)
    assert [text for text in shown if "paper" in text] == [
        f"paper-{number}.example" for number in (8, 7, 6, 5, 4, 3)
    ]
    assert "all others" in shown
    assert "1 Jul 2024, all others: 6" in " ".join(drawn.split())


def test_two_of_one_name_keep_a_bar_each():
    rows = [{"name": "Ana Petrova", "articles": 3}, {"name": "Ana Petrova", "articles": 2}]
    drawn = bars(rows, value="articles", width=300, label="articles")
    assert drawn.count("<title>Ana Petrova: ") == 2


def test_no_rows_draw_no_chart():
    assert bars([], value="articles", width=300, label="articles") == ""


def browse(page, *options):
    """Load a page in headless Chromium and return its document and what the console said."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium here")
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
        pytest.param(1100, [], ["rgb(255, 255, 255)", "5", "0"], id="desk"),
        pytest.param(390, [], ["rgb(255, 255, 255)", "0", "5"], id="phone"),
        pytest.param(
            390,
            ["--blink-settings=preferredColorScheme=0"],
            ["rgb(20, 23, 26)", "0", "5"],
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
