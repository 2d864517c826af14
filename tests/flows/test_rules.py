"""The rules file: what it may say, and what a user is told if it is broken."""

import subprocess
import sys
from pathlib import Path

import pytest

from flows.errors import RulesError
from flows.rules import chosen_rules, parse_rules, read_rules
from flows.settings import Settings
from tests.helpers.warehouses import query
from warehouse.folder import DataFolder

ROOT = Path(__file__).resolve().parents[2]
SITE = '[[rules]]\nsite = "harbour-times.example"\n'


def test_all_keys_are_read():
    (rule,) = parse_rules(
        SITE + 'path = "/sport/*"\nbody = "article"\ntitle = "h2"\nbyline = ".who"\n'
        'published = "time"\nremove = [".ad", "aside"]\nkeep = ["listing", "login_wall"]\n'
    ).rules
    assert (rule.number, rule.site, rule.path) == (1, "harbour-times.example", "/sport/*")
    assert (rule.body, rule.title, rule.byline, rule.published) == ("article", "h2", ".who", "time")
    assert rule.remove == (".ad", "aside")
    assert sorted(rule.keep or ()) == ["listing", "login_wall"]


def test_plan_of_visits_is_for_a_site_and_corrects_no_page():
    rules = parse_rules(
        SITE + 'revisit = "2h, 30m"\n[[rules]]\nsite = "a.example"\nrevisit = "off"\n'
        '[[rules]]\nsite = "b.example"\ntitle = "h1"\n'
    )
    assert rules.revisits == {"harbour-times.example": (1800, 7200), "a.example": ()}
    assert rules.for_page("https://harbour-times.example/ferry") is None


def test_missing_file_has_no_rules_unless_it_was_named(tmp_path):
    assert read_rules(tmp_path / "rules.toml").rules == ()
    with pytest.raises(RulesError, match="does not exist: check the path"):
        chosen_rules(tmp_path / "mine.toml", DataFolder(tmp_path))


def test_rules_of_the_data_folder_are_used_unless_others_are_named(tmp_path):
    (tmp_path / "rules.toml").write_text(SITE + 'title = "h1"\n')
    (tmp_path / "mine.toml").write_text(SITE + 'title = "h2"\n')
    folder = DataFolder(tmp_path)
    assert chosen_rules(None, folder).rules[0].title == "h1"
    assert chosen_rules(tmp_path / "mine.toml", folder).rules[0].title == "h2"


def test_site_and_path_are_written_as_in_urls():
    (rule,) = parse_rules(
        '[[rules]]\nsite = "www.Größe.example"\npath = "/süd/*"\ntitle = "h1"'
    ).rules
    assert (rule.site, rule.path) == ("xn--gre-6ka8i.example", "/s%C3%BCd/*")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("rules = [\n", "is not TOML: "),
        ('[rules]\nsite = "a.example"\n', r"write \[\[rules\]\] above each rule"),
        (
            '[[rule]]\nsite = "a.example"\n',
            r"unknown key 'rule': start each rule with \[\[rules\]\]",
        ),
        ('[[rules]]\ntitle = "h1"\n', "rule 1: has no site"),
        ('[[rules]]\nsite = "https://a.example/b"\ntitle = "h1"', "write site = 'a.example'"),
        ('[[rules]]\nsite = "*.a.example"\ntitle = "h1"', "expected a host"),
        (SITE, "says nothing"),
        (SITE + 'titel = "h1"\n', "unknown key 'titel': did you mean title?"),
        (SITE + 'title = "h1["\n', r"rule 1 \(harbour-times.example\): title: 'h1\[' is not a CSS"),
        (
            SITE + 'remove = ["p::text"]\n',
            "remove: 'p::text' is not a CSS selector: Pseudo-elements",
        ),
        (SITE + 'remove = ".ad"\n', "expected a list"),
        (SITE + 'title = ["h1"]\n', "expected one CSS selector"),
        (SITE + 'path = "sport"\ntitle = "h1"\n', 'write path = "/sport/\\*"'),
        (SITE + 'path = "/a?id=7"\ntitle = "h1"\n', "only the path counts"),
        (SITE + 'keep = ["list"]\n', "keep: got 'list', expected some of article, live, listing"),
        (SITE + 'revisit = "1x"\n', "revisit: got '1x', expected times after publication"),
        (SITE + "revisit = 3600\n", "revisit: got 3600, expected times"),
        (SITE + 'path = "/sport/*"\nrevisit = "off"\n', "write a rule without path for it"),
        (SITE + 'title = "h1"\n' + SITE + 'body = "p"\n', "rule 2 .* as rule 1: join the two"),
    ],
)
def test_broken_rule_is_named_with_what_to_do(tmp_path, text, told):
    path = tmp_path / "rules.toml"
    path.write_text(text)
    with pytest.raises(RulesError, match=told) as caught:
        read_rules(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


@pytest.mark.slow
@pytest.mark.parametrize(
    "command", [["load", str(ROOT / "seeds" / "articles")], ["reprocess"], ["rebuild", "new"]]
)
def test_run_does_not_start_with_a_broken_file(tmp_path, command):
    data = tmp_path / "data"
    data.mkdir()
    (data / "archive").mkdir()
    (data / "rules.toml").write_text(SITE + 'title = "h1["\n')
    done = subprocess.run(
        [sys.executable, "-m", "flows", *command, "--data", data],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "HOME": str(tmp_path)},
    )
    assert done.returncode == 2, done.stderr
    assert "rule 1 (harbour-times.example): title: 'h1[' is not a CSS selector" in done.stderr
    error = done.stderr.removeprefix("running without Prefect: no server is running\n")
    assert len(error.splitlines()) == 1
    assert query(Settings(data=data), "SELECT count(*) FROM runs") == [(0,)]
    assert not (tmp_path / "new").exists()
