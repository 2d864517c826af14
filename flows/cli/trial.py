"""The command `test`: what the pipeline makes of a page, and what a feed or site would bring."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.cli.options import AsJson, Data, RulesFile

if TYPE_CHECKING:  # the command line starts without lxml
    from flows.jobs.trial import Trial
    from flows.settings import Settings
    from transforms.cleaning.explain import Explanation
    from transforms.cleaning.rules import Rules

_WIDTH = 80
_MOST_REGIONS = 10  # a page has dozens of small ones; `--json` lists all


def run_trial(
    page: Annotated[
        str,
        typer.Argument(
            metavar="URL|FILE",
            help="URL of a feed, site or page; file of a page; - for standard input",
        ),
    ],
    *,
    rules: RulesFile = None,
    url: Annotated[
        str | None, typer.Option(help="The address of a file, for rules and relative links")
    ] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Try a feed, a site or a page; nothing is stored.

    Of a [b]feed[/b], it shows what would come in, how often it would be polled, what comes out of
    two of its pages, and problems. Of a [b]site[/b], it shows the feeds. Of a [b]page[/b], it shows
    what the pipeline makes of it and why, without and with your rules.

    A URL is fetched politely, as in a run. Exits with 1 if no article would be stored.

    Example: [b]onrecord test https://www.harbour-times.example/rss.xml[/b]

    Example: [b]onrecord test https://www.harbour-times.example/ferry --rules rules.toml[/b]
    """
    from datetime import UTC, datetime

    from flows.jobs.trial import try_page
    from flows.output.tables import write_json
    from flows.rules import chosen_rules
    from flows.settings import read_settings

    settings = read_settings(data=data)
    found = chosen_rules(rules, settings.folder)
    is_url = "://" in page
    trial = (
        _try_url(page, settings, found, url, as_json=as_json)
        if is_url
        else try_page(page, settings, found, url=url, now=datetime.now(UTC))
    )
    file = rules or settings.folder.rules
    site = _try_site(page, trial, settings) if is_url else None
    if as_json:
        write_json(_as_json(trial, file) | (site[1] if site else {}))
    else:
        sys.stdout.write(_as_text(trial, file, rules=len(found.rules)))
        sys.stdout.write(f"\n{site[0]}" if site else "")
    if not trial.is_article and not (site and site[1]["feeds"]):
        raise typer.Exit(1)


def _try_url(
    url: str, settings: Settings, rules: Rules, address: str | None, *, as_json: bool
) -> Trial:
    """Return what comes out of the page at a URL; show a feed instead and end the command."""
    from datetime import UTC, datetime

    from flows.cli.feed_trials import feed_as_json, feed_as_text
    from flows.jobs.feed_trial import FeedTrial, try_url
    from flows.output.tables import write_json

    tried = try_url(url, settings, rules, address=address, now=datetime.now(UTC))
    if not isinstance(tried, FeedTrial):
        return tried
    if as_json:
        write_json(feed_as_json(tried))
    else:
        sys.stdout.write(feed_as_text(tried))
    raise typer.Exit(0 if tried.is_useful else 1)


def _try_site(url: str, trial: Trial, settings: Settings) -> tuple[str, dict[str, Any]] | None:
    """Return the feeds of a site as text and for programs; None if the URL is of a single page."""
    from urllib.parse import urlsplit

    from flows.cli.feed_trials import site_as_json, site_as_text
    from flows.jobs.feed_trial import try_site
    from transforms.cleaning.refusals import type_of_refusal

    reason = getattr(trial.plain.outcome, "reason", "")
    is_list = type_of_refusal(reason) in {"listing", "collection"}
    if urlsplit(url).path not in {"", "/"} and not is_list:
        return None
    site = try_site(url, settings)
    return site_as_text(site), site_as_json(site)


def _as_text(trial: Trial, file: Path, *, rules: int) -> str:
    from flows.output.tables import as_text
    from flows.printable import number, plain
    from flows.rules import name_of

    both = [trial.plain] if trial.ruled is None else [trial.plain, trial.ruled]
    columns = ["without rules", "with rules"][: len(both)]
    facts = [list(_facts(one)) for one in both]
    rows = [[name, *(dict(some)[name] for some in facts)] for name, _ in facts[0]]
    rows = [row for row in rows if any(row[1:])]
    parts = [f"page:  {plain(trial.item)}\n"]
    if trial.address and trial.address != trial.item:
        parts.append(f"url:   {plain(trial.address)}\n")
    about = ", ".join(map(name_of, trial.matching))
    none = f"none of {number(rules, 'rule')}" if rules else "no rules"
    parts.append(
        f"rules: {about or none} in {plain(str(file))}{'' if about else ' for this page'}\n"
    )
    parts.append("\n" + as_text(["", *columns], rows, width=_WIDTH))
    if removed := _removed_rows(both):
        parts.append("\n" + as_text(["removed", *columns], removed, width=_WIDTH))
    parts.append("\n" + "".join(f"{plain(line)}\n" for line in _changed_lines(both)))
    return "".join(parts)


def _facts(found: Explanation) -> Iterator[tuple[str, str]]:
    """Yield the name and value of each fact that is shown; "" if there is nothing to show."""
    from flows.printable import number
    from transforms.records import Rejection

    item = found.outcome
    if isinstance(item, Rejection):
        yield "result", f"refused: {item.reason}: {item.detail}"
        yield from ((name, "") for name in _NAMES)
        return
    agreement = "" if item.agreement is None else f", agreement {item.agreement:.2f}"
    shown = "%Y-%m-%d" if item.published_precision == "day" else "%Y-%m-%d %H:%M"
    values = (
        item.title or "none",
        ", ".join(found.title_from),
        "; ".join(item.authors) or "none",
        ", ".join(found.authors_from),
        item.published_at.strftime(shown) if item.published_at else "none",
        f"{item.published_from}, confidence {item.published_confidence:g}"
        if item.published_from and item.published_confidence is not None
        else "",
        f"{number(len(item.text), 'character')}, {number(len(_paragraphs(found)), 'paragraph')}",
        f"{item.extractor}{agreement}",
        item.language or "",
        (item.page_type or "") + (", kept by a rule" if found.is_kept_by_rule else ""),
        ", ".join(item.flags),
        ", ".join(found.unmatched),
    )
    yield "result", "article"
    yield from zip(_NAMES, values, strict=True)


_NAMES = (
    "title", "  from", "authors", "  from ", "published", "  from  ", "text", "  from   ",
    "language", "page type", "flags", "found nothing",
)  # fmt: skip


def _removed_rows(both: Sequence[Explanation]) -> list[list[str | int | None]]:
    """Return the names of what was removed, with the characters in each column."""
    columns = [{(one.by, one.name): one.characters for one in found.removed} for found in both]
    names = list(dict.fromkeys(key for column in reversed(columns) for key in column))
    ruled = [key for key in names if key[0] == "rule"]
    regions = [key for key in names if key[0] != "rule"]
    regions.sort(key=lambda key: -max(column.get(key, 0) for column in columns))
    rows: list[list[str | int | None]] = []
    for key in (*ruled, *regions[:_MOST_REGIONS]):
        by, name = key
        rows.append(
            [f"{name} (rule)" if by == "rule" else name, *(column.get(key) for column in columns)]
        )
    if others := regions[_MOST_REGIONS:]:
        sums = [sum(column.get(key, 0) for key in others) or None for column in columns]
        rows.append([f"{len(others)} more", *sums])
    return rows


def _changed_lines(both: Sequence[Explanation]) -> Iterator[str]:
    """Yield the beginning of each paragraph, marked - if rules drop it and + if they add it."""
    before, after = _paragraphs(both[0]), _paragraphs(both[-1])
    if len(both) > 1 and before != after:
        yield "text without (-) and with (+) rules:"
    changes = difflib.SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes()
    for _, start, end, new_start, new_end in changes:
        if before[start:end] == after[new_start:new_end]:
            yield from (_cut(f"  {line}") for line in before[start:end])
        else:
            yield from (_cut(f"- {line}") for line in before[start:end])
            yield from (_cut(f"+ {line}") for line in after[new_start:new_end])


def _paragraphs(found: Explanation) -> list[str]:
    text = getattr(found.outcome, "text", "")
    return text.split("\n") if text else []


def _cut(line: str) -> str:
    return line if len(line) <= _WIDTH else line[: _WIDTH - 2] + " …"


def _as_json(trial: Trial, file: Path) -> dict[str, Any]:
    return {
        "page": trial.item,
        "url": trial.address,
        "rules_file": str(file),
        "rules": [
            {"number": rule.number, "site": rule.site, "path": rule.path} for rule in trial.matching
        ],
        "digest": trial.digest,
        "without_rules": _explanation(trial.plain),
        "with_rules": _explanation(trial.ruled) if trial.ruled else None,
    }


def _explanation(found: Explanation) -> dict[str, Any]:
    from dataclasses import asdict

    from transforms.records import Rejection

    item = found.outcome
    if isinstance(item, Rejection):
        return {"result": "refused", "reason": item.reason, "detail": item.detail}
    names = (
        "title", "authors", "published_at", "published_from", "published_precision",
        "published_confidence", "language", "page_type", "text", "extractor", "extractor_version",
        "agreement", "flags", "canonical_url",
    )  # fmt: skip
    return (
        {"result": "article"}
        | {name: getattr(item, name) for name in names}
        | {
            "title_from": found.title_from,
            "authors_from": found.authors_from,
            "removed": [asdict(one) for one in found.removed],
            "unmatched": found.unmatched,
            "is_kept_by_rule": found.is_kept_by_rule,
        }
    )
