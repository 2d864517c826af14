"""Three articles, and questions in the language of the search with their answers."""

from dataclasses import replace

import pytest

from tests.helpers.stories import make_story
from tests.helpers.subjects import about

PLAN = make_story(
    "Alliance adopts a quantum plan\nThe quantum strategy was agreed in Aren.\n"
    "NATO members share the costs.\n“We are ready,” Jane Doe said.",
    url="https://a.example/plan",
    day="2026-01-10",
    said=[("We are ready", "Jane Doe", "secretary", "direct")],
    named=[("NATO", "organization"), ("Jane Doe", "person")],
)
BUDGET = make_story(
    "Budget day in Aren\nA strategy for quantum computers is missing from the quantum\n"
    "Strategy comes later, Ana Ruiz said.",
    url="https://b.example/budget",
    day="2026-02-03",
    said=[("Strategy comes later", "Ana Ruiz", None, "indirect")],
    named=[("Ana Ruiz", "person")],
)
BRIDGE = make_story(
    "Haushalt ohne Überraschung\nDie Brücke kostet mehr. Die NATO zahlt nichts.",
    url="https://taz.de/haushalt",
    day="2026-02-20",
    language="de",
    named=[("NATO", "organization")],
)
PLAN = about(PLAN, topics=[("16000000", "conflict, war and peace")])
BUDGET = about(
    replace(BUDGET, article=replace(BUDGET.article, page_type="live")),
    topics=[("04000000", "economy, business and finance")],
)
STORIES = {"plan": PLAN, "budget": BUDGET, "bridge": BRIDGE}

ANSWERS = [
    ("quantum", "plan budget"),
    ("strategies", "plan budget"),
    ('"quantum strategy"', "plan"),
    ("“Quantum STRATEGY”", "plan"),
    ('"strategies"', ""),
    ("quantum AND budget", "budget"),
    ("quantum OR brücke", "plan budget bridge"),
    ("quantum NOT budget", "plan"),
    ("quantum -budget", "plan"),
    ("-quantum", "bridge"),
    ('-"quantum strategy"', "budget bridge"),
    ("NOT (quantum OR brücke)", ""),
    ("NOT NOT budget", "budget"),
    ("(budget OR haushalt) -strategy", "bridge"),
    ("quantum budget OR brücke", "budget bridge"),
    ("quantum (budget OR brücke)", "budget"),
    ("quant*", "plan budget"),
    ("quantum comp*", "budget"),
    ("computers*", "budget"),
    ("uberr*", "bridge"),
    ("stratx*", ""),
    ("NOT comp*", "plan bridge"),
    ('"quantum comp*"', "budget"),
    ("title:quantum", "plan"),
    ("title:bud*", "budget"),
    ('title:"quantum plan"', "plan"),
    ("quantum -title:quantum", "budget"),
    ('speaker:"Jane Doe"', "plan"),
    ("speaker:doe", "plan"),
    ("speaker:do", ""),
    ('speaker:"Ana Ruiz" OR brücke', "budget bridge"),
    ("strategy -speaker:ruiz", "plan"),
    ("entity:nato", "plan bridge"),
    ("entity:nato language:DE", "bridge"),
    ("entity:nat", ""),
    ("NOT entity:NATO", "budget"),
    ("language:en quant* OR language:en comp* quant*", "plan budget"),
    ("source:taz.de", "bridge"),
    ("source:example quantum", "plan budget"),
    ('topic:"war and peace"', "plan"),
    ("topic:business quantum", "budget"),
    ("quantum -topic:war", "budget"),
    ("topic:busi", ""),
    ("page:LIVE", "budget"),
    ("quantum -page:live", "plan"),
    ("since:2026-02", "budget bridge"),
    ("until:2026-01", "plan"),
    ("since:2026-02-04 until:2026", "bridge"),
    ("-since:2026-02", "plan"),
    ("since:2026-02 OR title:plan", "plan budget bridge"),
]
answered = pytest.mark.parametrize(
    ("question", "expected"), ANSWERS, ids=[question for question, _ in ANSWERS]
)


def titles(names):
    """Return the titles of the stories with these names, sorted."""
    return sorted(STORIES[name].article.title for name in names.split())
