"""`onrecord test`: what comes out of a page and why, without and with rules."""

import subprocess
import sys
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from flows.__main__ import app
from tests.helpers.news_server import serving
from tests.helpers.pages import PARAGRAPHS, TITLE, make_page

ROOT = Path(__file__).resolve().parents[3]
URL = "https://www.harbour-herald.example/port/quay"
OFFER = "Have the Harbour Herald at your door for two crowns, every day of the week."
PAGE = make_page(
    head=f"<link rel='canonical' href='{URL}'><meta property='og:title' content='{TITLE}'>"
    "<meta name='author' content='Anna Weaver'>"
    "<meta property='article:published_time' content='2024-05-06T08:30:00Z'>",
    within=f"<p class='x-17'>{OFFER}</p>",
    after="<aside class='related-stories'><p>Other ports close their quays, too.</p></aside>",
)
RULES = '[[rules]]\nsite = "harbour-herald.example"\n'


@pytest.fixture
def page(tmp_path, monkeypatch):
    """Write the page and go to its folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page.html").write_text(PAGE)
    return "page.html"


def onrecord(*arguments, **given):
    return CliRunner().invoke(app, ["test", *arguments], **given)


def told(*arguments):
    result = onrecord(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return orjson.loads(result.stdout)


def test_each_part_has_its_origin(page):
    found = told(page)["without_rules"]
    assert (found["title"], found["title_from"]) == (TITLE, ["h1", "og:title", "title_tag"])
    assert (found["authors"], found["authors_from"]) == (["Anna Weaver"], ["meta"])
    assert (found["published_from"], found["published_confidence"]) == ("meta", 1.0)
    assert (found["extractor"], found["agreement"]) == ("consensus", 1.0)
    cut = {(one["by"], one["name"]): one["characters"] for one in found["removed"]}
    assert cut["region", "aside.related-stories"] == len("Other ports close their quays, too.")
    assert cut["region", "footer"] > 0


def test_rules_are_shown_beside_what_comes_out_without_them(page, tmp_path):
    (tmp_path / "rules.toml").write_text(RULES + 'title = "nav"\nremove = [".x-17"]\n')
    result = onrecord(page, "--rules", "rules.toml")
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert "rules: rule 1 (harbour-herald.example) in rules.toml" in lines
    assert f"- {OFFER}" in lines
    assert f"  {PARAGRAPHS[0][:70]}" in result.output
    assert [line.split() for line in lines if line.startswith(".x-17")] == [
        [".x-17", "(rule)", str(len(OFFER))]
    ]
    assert max(map(len, lines)) <= 80


def test_rules_of_the_data_folder_are_used(page, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "rules.toml").write_text(RULES + 'body = "aside"\nbyline = ".none"\n')
    found = told(page)
    assert [rule["number"] for rule in found["rules"]] == [1]
    with_rules = found["with_rules"]
    assert (with_rules["extractor"], with_rules["agreement"]) == ("rule", None)
    assert with_rules["extractor_version"].endswith(f"+rules.{found['digest']}")
    assert with_rules["unmatched"] == ["byline"]
    assert with_rules["authors_from"] == ["meta"]
    assert with_rules["text"] == "Other ports close their quays, too."


def test_origin_of_what_a_rule_finds_is_the_rule(page, tmp_path):
    (tmp_path / "rules.toml").write_text(
        RULES + 'title = "h1"\nbyline = "meta[name=author]"\npublished = "[property$=time]"\n'
    )
    found = told(page, "--rules", "rules.toml")["with_rules"]
    assert found["title_from"] == ["rule"]
    assert (found["authors"], found["authors_from"]) == (["Anna Weaver"], ["rule"])
    assert found["published_from"] == "rule"


def test_only_the_largest_regions_are_listed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    boxes = "".join(f"<aside class='b{n}'>{'Boats. ' * n}</aside>" for n in range(1, 15))
    lines = onrecord("-", input=make_page(after=boxes)).output.splitlines()
    assert [line.split() for line in lines if line.startswith("aside.b14")]
    assert not [line for line in lines if line.startswith("aside.b1 ")]
    [more] = [line.split() for line in lines if "more" in line]
    assert more[0] == "6"


def test_text_file_has_no_rules_and_no_regions(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text("Fog in the port\n\n" + "\n\n".join(PARAGRAPHS))
    found = told("a.txt")["without_rules"]
    assert (found["extractor"], found["title"], found["removed"]) == (
        "plain",
        "Fog in the port",
        [],
    )


def test_rules_about_other_sites_say_nothing(page, tmp_path):
    (tmp_path / "rules.toml").write_text(RULES.replace("herald", "times") + 'title = "nav"\n')
    found = told(page, "--rules", "rules.toml")
    assert (found["rules"], found["digest"], found["with_rules"]) == ([], None, None)
    assert "rules: none of 1 rule in rules.toml for this page" in onrecord(
        page, "--rules", "rules.toml"
    ).output  # fmt: skip


def test_page_on_standard_input_is_known_by_the_address_that_is_given(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules.toml").write_text(RULES + 'path = "/port/*"\ntitle = "footer"\n')
    asked = ("-", "--rules", "rules.toml", "--json", "--url", URL)
    result = onrecord(*asked, input=make_page())
    assert orjson.loads(result.stdout)["with_rules"]["title"].startswith("The Harbour Herald")


def test_refused_page_exits_with_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = onrecord("-", input="<html><body></body></html>")
    assert result.exit_code == 1
    assert "refused: no_text" in result.output


def test_day_that_the_text_implies_is_shown_as_in_a_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    page = make_page([*PARAGRAPHS, "The quay opens again on 3 June 2024, the port said on Monday."])
    result = onrecord("-", "--json", input=page)
    assert orjson.loads(result.stdout)["without_rules"]["published_from"] in {"text", "search"}


@pytest.mark.parametrize("source", ["missing.html", "harbour-herald.example/a"])
def test_missing_file_is_an_error(source, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = onrecord(source)
    assert "is no file" in str(result.exception)


def test_url_is_fetched_politely_and_nothing_is_stored(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ONRECORD_HOST_DELAY", "0")
    with serving(feeds=1, articles=1) as news:
        path = news.lists["/feed-0.xml"][0]
        assert "private_address" in str(onrecord(news.url(path)).exception)
        monkeypatch.setenv("ONRECORD_ALLOW_HOSTS", news.host)
        (tmp_path / "rules.toml").write_text('[[rules]]\nsite = "127.0.0.1"\nbody = "p + p"\n')
        found = told(news.url(path), "--rules", "rules.toml")
        assert found["with_rules"]["extractor"] == "rule"
        assert news.asked["/robots.txt"] >= 1
        refused = onrecord(news.url("/private/a"))
        assert "robots_disallowed" in str(refused.exception)
        assert news.asked["/private/a"] == 0
    assert [file.name for file in tmp_path.iterdir()] == ["rules.toml"]


def test_broken_rules_exit_with_two_and_prefect_is_not_loaded(page, tmp_path):
    (tmp_path / "rules.toml").write_text(RULES + "title = 7\n")
    code = (
        "import sys; sys.argv = ['onrecord', 'test', *sys.argv[1:]]\n"
        "from flows.__main__ import app\n"
        "from transforms.errors import OnrecordError\n"
        "try:\n    app(standalone_mode=False)\nexcept OnrecordError as exc:\n    print(exc.exit_code, exc)\n"
        "print('prefect' in sys.modules, 'duckdb' in sys.modules)"
    )

    def run(*arguments):
        return subprocess.run(
            [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True,
            cwd=tmp_path, env={"PYTHONPATH": str(ROOT)},
        ).stdout.splitlines()  # fmt: skip

    assert run(page)[-1] == "False False"
    broken, _ = run(page, "--rules", "rules.toml")
    assert broken.startswith("2 rules.toml: rule 1 (harbour-herald.example): title: got 7")
