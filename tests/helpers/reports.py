"""Reports for the search for stories, built from a few words."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from transforms.grouping.stories import Report
from transforms.grouping.vectors import (
    Content,
    Frequencies,
    Name,
    count_terms,
    keys_of,
    weigh,
)

FIRST_DAY = datetime(2024, 6, 3, tzinfo=UTC)

FLOOD = (
    "The river Torne flooded the market of Aveling at night and residents left their houses in boats",
    ("Torne", "Aveling", "Edwin Prast"),
)
CLEANING = (
    "Residents of Aveling cleaned houses and the market after the river Torne had flooded them at night",
    ("Torne", "Aveling", "Karin Holt"),
)
TRIAL = (
    "The treasurer of the fund told a court in Lindhaven that bills for his yacht were signed by others",
    ("Lindhaven", "Nils Agerholt", "Vera Zahn"),
)


def frequencies(*texts, others=0):
    """Return the frequencies of terms in some texts, and in `others` texts without them."""
    counts = Counter(term for text in texts for term in count_terms(text).terms)
    return Frequencies(len(texts) + others, counts)


def content(words, names=(), title=""):
    kinds = {True: "person", False: "place"}
    named = tuple(Name(f"n1-{name}", name, kinds[" " in name], (name,)) for name in names)
    return Content(title=title, text=words, names=named)


def report(key, told, *, day=0.0, cluster=None, rates=None):
    """Return a report of `told`, words and names, on the day with this number."""
    text = content(*told)
    rates = rates or frequencies(text, others=500)
    vector = weigh(count_terms(text), rates)
    return Report(
        key=f"a1-{key}",
        at=FIRST_DAY + timedelta(days=day),
        vector=vector,
        keys=keys_of(vector, rates),
        cluster=cluster,
        people=[name for name in told[1] if " " in name],
        places=[name for name in told[1] if " " not in name],
    )
