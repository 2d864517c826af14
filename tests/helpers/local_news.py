"""The articles of twelve local outlets in one week: 200, about three fires and much else.

Each fire is told by most outlets in their own words, on its day and on the day after, and by
others with the text of an agency: whole, cut short, under another headline or with a sentence
of their own. The other articles are about matters that have nothing to do with each other. The
words are in `tests/data/local_news`.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

WORDS = Path(__file__).parents[1] / "data" / "local_news"
FIRES = ("kellmouth", "dunmarrow", "sandvere")
OUTLETS = {
    "kellmouth-courier": "Kellmouth Courier", "dunmarrow-post": "Dunmarrow Post",
    "sandvere-echo": "Sandvere Echo", "tessel-valley-news": "Tessel Valley News",
    "county-herald": "County Herald", "morning-lantern": "Morning Lantern",
    "northshore-times": "Northshore Times", "harbour-gazette": "Harbour Gazette",
    "weekly-plough": "The Weekly Plough", "capital-observer": "Capital Observer",
    "three-rivers": "Three Rivers Radio", "evening-ledger": "Evening Ledger",
}  # fmt: skip
MONDAY = datetime(2026, 3, 9, 5, 0, tzinfo=UTC)
WEEK_ENDS = MONDAY + timedelta(days=4, hours=14)
HOUR = timedelta(hours=1)
# How an outlet copies a text: whole, with a headline of its own, without its end, with a sentence
# of its own, in other quotation marks.
WAYS = ("whole", "headline", "cut", "cut_headline", "more", "marks", "headline")
_PER_SUBJECT = 5
_COPIED_SUBJECTS = 24  # texts about other matters that two more outlets run
_CHOICE = re.compile(r"\[([^\[\]]*\|[^\[\]]*)\]")


@dataclass(frozen=True, kw_only=True)
class Told:
    """An article of an outlet.

    Attributes:
        event: What it is about: the name of a fire, or of another matter in one town.
        copied: How it was copied from another outlet, None for an outlet's own words.
        said: How it quotes the statement of its fire, None if it does not.
        text: The key of its text; copies share it.
    """

    outlet: str
    path: str
    event: str
    text: str
    title: str
    paragraphs: tuple[str, ...]
    published_at: datetime
    copied: str | None = None
    said: str | None = None


@dataclass(frozen=True)
class Fire:
    """One of the three fires, as its file tells it."""

    name: str
    words: dict[str, Any]

    @property
    def whole(self) -> str:
        """The statement in its first wording."""
        return str(self.words["whole"])

    @property
    def speaker(self) -> str:
        """Who made the statement."""
        return str(self.words["speaker"])

    def cut_words(self) -> list[str]:
        """Return the words that the wording `cut` leaves out."""
        return next(one["cut"] for one in self.words["statements"] if one["how"] == "cut")


def read_fire(name: str) -> Fire:
    """Return a fire by its name."""
    return Fire(name, tomllib.loads((WORDS / f"{name}.toml").read_text("utf-8")))


def articles() -> list[Told]:
    """Return the articles of the week, the oldest first. They are the same each time."""
    told = [*_other_matters()]
    for name in FIRES:
        fire = read_fire(name)
        told += [*_own_words(fire), *_agency_copies(fire)]
    return sorted(told, key=lambda one: (one.published_at, one.path))


def vary(text: str, chance: random.Random) -> str:
    """Return a text with one of the words of each choice, "[fire|blaze]"."""
    while (found := _CHOICE.search(text)) is not None:
        text = text[: found.start()] + chance.choice(found[1].split("|")) + text[found.end() :]
    return text


def _own_words(fire: Fire) -> Iterator[Told]:
    """Yield what outlets wrote themselves on the day of a fire and on the day after."""
    chance, words = random.Random(fire.name), fire.words
    statements = words["statements"]
    quoted = 0
    for phase, begins in ((1, 0), (2, 24)):
        headlines = words["first_headlines" if phase == 1 else "second_headlines"]
        outlets = chance.sample([*OUTLETS], len(headlines))
        for number, (outlet, headline) in enumerate(zip(outlets, headlines, strict=True)):
            paragraphs, said = _facts(words, phase, number, chance), None
            if phase in words["said_in"] and number % 4 != 3:
                statement = statements[quoted % len(statements)]
                quoted, said = quoted + 1, statement["how"]
                paragraphs.insert(2 + number % 3, statement["text"])
            yield Told(
                outlet=outlet,
                path=f"/{outlet}/{fire.name}-{phase}-{number}",
                event=fire.name,
                text=f"{fire.name}-{phase}-{number}",
                title=headline,
                paragraphs=tuple(paragraphs),
                published_at=words["begins"] + (begins + 0.7 * number) * HOUR,
                said=said,
            )


def _facts(words: dict[str, Any], phase: int, number: int, chance: random.Random) -> list[str]:
    """Return most of the facts of a day. Two articles have few of them in the same wording."""
    facts = [fact["wordings"] for fact in words["facts"] if fact["phase"] == phase]
    left_out = chance.randrange(1, len(facts))
    return [
        vary(wordings[(number // 3 * place + number) % len(wordings)], chance)
        for place, wordings in enumerate(facts)
        if place != left_out
    ]


def _agency_copies(fire: Fire) -> Iterator[Told]:
    """Yield the report of the agency, and the copies of it."""
    agency = fire.words["agency"]
    report = Told(
        outlet="capital-observer",
        path=f"/capital-observer/{fire.name}-agency",
        event=fire.name,
        text=f"{fire.name}-agency",
        title=agency["headline"],
        paragraphs=tuple(agency["paragraphs"]),
        published_at=fire.words["begins"] + 3 * HOUR,
        said="whole" if any(fire.whole in line for line in agency["paragraphs"]) else None,
    )
    others = [outlet for outlet in OUTLETS if outlet != report.outlet]
    outlets = random.Random(f"agency {fire.name}").sample(others, 7)
    yield report
    yield from _copies(report, dict(zip(outlets, WAYS, strict=True)), agency["others"])


def _copies(report: Told, ways: Mapping[str, str], headlines: Sequence[str]) -> Iterator[Told]:
    """Yield a copy of a report for each outlet, in the way that it copies."""
    for number, (outlet, way) in enumerate(ways.items()):
        paragraphs, title = report.paragraphs, report.title
        if way in ("headline", "cut_headline"):
            title = headlines[number % len(headlines)]
        if way in ("cut", "cut_headline"):
            paragraphs = paragraphs[:-2]
        if way == "more":
            more = f"{OUTLETS[outlet]} will report more on this in its next edition, with pictures."
            paragraphs = (*paragraphs, more)
        if way == "marks":
            paragraphs = tuple(one.replace("“", '"').replace("”", '"') for one in paragraphs)
        yield Told(
            outlet=outlet,
            path=f"/{outlet}/{report.text}-{number}",
            event=report.event,
            text=report.text,
            title=title,
            paragraphs=paragraphs,
            published_at=report.published_at + (number + 1) * 0.4 * HOUR,
            copied=way,
            said=report.said if any(one[0] in '“"' for one in paragraphs) else None,
        )


def _other_matters() -> Iterator[Told]:
    """Yield articles about other matters, of which some are copied by two more outlets."""
    chance = random.Random("other matters")
    words = tomllib.loads((WORDS / "background.toml").read_text("utf-8"))
    matters = [(number, subject) for subject in words["subjects"] for number in range(_PER_SUBJECT)]
    copied = {*chance.sample(range(len(matters)), _COPIED_SUBJECTS)}
    for place, (number, subject) in enumerate(matters):
        if number == 0:  # no two articles on a subject share a name
            given = iter(chance.sample(words["given"], 2 * _PER_SUBJECT))
            family = iter(chance.sample(words["family"], 2 * _PER_SUBJECT))
        outlet, *others = chance.sample([*OUTLETS], 3)
        town = words["towns"][(place * 7 + number) % len(words["towns"])]
        filled = {
            "town": town,
            "person": f"{next(given)} {next(family)}", "other": f"{next(given)} {next(family)}",
            "n": chance.randrange(13, 49), "m": chance.randrange(110, 890),
        }  # fmt: skip
        headlines = [line.format(**filled) for line in subject["headlines"]]
        # Any two articles on a subject have the first line and two others in common.
        kept = [0, *sorted(1 + (number + place) % 7 for place in (2, 4, 5, 6))]
        report = Told(
            outlet=outlet,
            path=f"/{outlet}/{subject['name']}-{number}",
            event=f"{subject['name']}-{number}",
            text=f"{subject['name']}-{number}",
            title=headlines[number % len(headlines)],
            paragraphs=tuple(vary(subject["lines"][at], chance).format(**filled) for at in kept),
            published_at=MONDAY + timedelta(hours=chance.uniform(0, 96)),
        )
        yield report
        if place in copied:
            ways = dict(zip(others, chance.sample(sorted(set(WAYS)), 2), strict=True))
            yield from _copies(report, ways, headlines[number % len(headlines) - 1 :])
