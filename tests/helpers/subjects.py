"""A warehouse of five weeks in which a few subjects come up on the last day."""

from dataclasses import replace
from datetime import date, timedelta

from tests.helpers.stories import append_stories, entity_id, make_story
from transforms.records import Keyphrase, Topic, TopicEvidence

LAST_DAY = date(2024, 6, 30)
OUTLETS = ("gazette.example", "harbour.example", "moor.example", "valley.example")


def about(story, *phrases, topics=()):
    """Return a story with keyphrases that its text has, and topics as (code, name) of level 1."""
    text = story.article.text
    names = {mention.text for mention in story.mentions}
    return replace(
        story,
        keyphrases=tuple(
            Keyphrase(phrase=phrase, score=1.0, start=text.index(phrase),
                      end=text.index(phrase) + len(phrase),
                      entity_id=entity_id(phrase) if phrase in names else None)
            for phrase in phrases
        ),
        topics=tuple(
            Topic(code=code, name=name, level=1, broader_code=code, score=1.0,
                  evidence=(TopicEvidence(term="ferry", weight=2.0, occurrences=1),))
            for code, name in topics
        ),
    )  # fmt: skip


def usual(day, outlet):
    """Return a story as there is one each day: about the harbour council."""
    text = f"The council met\nThe harbour council met on {day} at {outlet}, and no vote was taken."
    story = make_story(text, url=f"https://{outlet}/{day}-council", day=str(day),
                       named=[("Aldersund", "place")] if "Aldersund" in text else [])  # fmt: skip
    return about(story, "harbour council", topics=[("11000000", "politics and government")])


def unusual(outlet, day=LAST_DAY):
    """Return a story about the flood, with a name and a speaker."""
    text = (
        f"Dam fails above Aldersund\nThe dam failure flooded Aldersund, {outlet} writes."
        " “The water came within minutes,” said Marit Holm."
    )
    story = make_story(
        text,
        url=f"https://{outlet}/{day}-dam",
        day=str(day),
        said=[("The water came within minutes", "Marit Holm", "the mayor", "direct")],
        named=[("Aldersund", "place")],
    )
    flood = ("03000000", "disaster, accident and emergency incident")
    return about(story, "dam failure", "Aldersund", topics=[flood])


def five_weeks():
    """Return the stories: each outlet's usual one on 35 days, and the flood on the last day."""
    days = [LAST_DAY - timedelta(days=back) for back in range(35)]
    return [usual(day, outlet) for day in days for outlet in OUTLETS] + [
        unusual(outlet) for outlet in OUTLETS
    ]


def append_five_weeks(con, folder):
    """Append the stories of `five_weeks` as one batch."""
    append_stories(con, folder.spool, *five_weeks())
