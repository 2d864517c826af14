"""Names of people, organizations and places, by feature of newspaper English."""

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.marked_names import GAZETTEER, found, mark
from transforms.naming.mentions import find_mentions

SENTENCES = [
    pytest.param("[P:Anna Lindqvist] left [L:Oslo].", id="full-name"),
    pytest.param("Talks with [P:Ursula von der Leyen] went on.", id="particles"),
    pytest.param("He wrote to [P:J. R. Haldane] and [P:Mary O'Brien-Lowe].", id="initials-hyphens"),
    pytest.param("Mr. [P:Dufour] met Gen. [P:Okonjo] and Dr. [P:Wen].", id="honorifics"),
    pytest.param("It cost Prime Minister [P:Vieira] his job.", id="office-before-last-name"),
    pytest.param("[O:Apple] CEO [P:Tim Brandt] spoke.", id="company-title-person"),
    pytest.param(
        "US Secretary of State [P:Blinken] called.".replace("US", "[L:US]"), id="title-of"
    ),
    pytest.param("The spokesman, [P:Abel Koroma], 45, denied it.", id="role-and-age"),
    pytest.param("Talks with [P:Regina King] failed.", id="title-word-as-last-name"),
    pytest.param("[P:Theresa May] won in May.", id="month-as-last-name"),
    pytest.param("The [O:Bank of England] cut rates.", id="head-of"),
    pytest.param(
        "The [O:Department of Health and Human Services] and the [O:Food and Drug Administration].",
        id="and-inside-a-name",
    ),
    pytest.param("Shares of [O:Brackwell Foods Inc.] fell.", id="legal-form"),
    pytest.param(
        "He studied at [O:King's College] and [O:St. Mary's High School].", id="possessive"
    ),
    pytest.param("The [O:Kandilli Observatory] measured it.", id="unknown-with-head"),
    pytest.param("It rained on [L:Lake Sorvik] and [L:Mount Hale].", id="place-opening"),
    pytest.param("A [L:Kyiv]-based firm hired anti-American lawyers.", id="hyphen-and-prefix"),
    pytest.param("[L:China]'s exports to [L:Japan] rose.", id="possessive-place"),
    pytest.param("German and Israeli officials met Muslims on Tuesday.", id="demonyms-and-days"),
    pytest.param("Israeli [O:Supreme Court] judges left.", id="demonym-before-state-body"),
    pytest.param("The [O:Liberal Democrats] won.", id="party-of-members"),
    pytest.param("[O:General Motors] and the [O:Red Cross] agreed.", id="title-word-in-a-name"),
    pytest.param("The TV told me DNA and GDP are OK.", id="abbreviations-that-name-nobody"),
    pytest.param("Quantum research pays. Ministers know it.", id="sentence-starts"),
    pytest.param("Police in [L:Russell], [L:Kansas], said so.", id="town-and-state"),
    pytest.param("The village of [L:Dereköy] was cut off.", id="place-noun-of"),
    pytest.param("They used an [X:iPhone] at the [E:World Cup].", id="product-and-event"),
    pytest.param("It cost US$ 40 and 30GB.", id="sums-and-measures"),
]


@pytest.mark.parametrize("marked", SENTENCES)
def test_names_are_found_as_marked(marked):
    assert found(marked) == marked


@pytest.mark.parametrize(
    "marked",
    [
        pytest.param(
            "[P:Steve Marlowe] left. [P:Marlowe] said [P:Marlowe]'s firm won.", id="last-name"
        ),
        pytest.param(
            "The [O:World Health Organization] ([O:WHO]) met. The [O:WHO] left.", id="acronym"
        ),
        pytest.param(
            "The [O:Swedish Maritime Administration] met. The [O:Administration] left.", id="head"
        ),
        pytest.param("[P:OBAMA] URGES ACTION\nPresident [P:Obama] spoke.", id="shouted-headline"),
        pytest.param(
            "[P:Obama] Urges Action On Gun Laws\nPresident [P:Obama] spoke.", id="title-case"
        ),
        pytest.param("[L:BRUSSELS], March 4 ([O:Reuters]) - It rained.", id="dateline"),
        pytest.param("[L:ST ANDREWS], [L:Scotland] ([O:AP]) - It rained.", id="unknown-dateline"),
        pytest.param(
            "Results of league matches on the first day of the season:\n[O:Leeds] 2 [O:Everton] 0\nThe goals came late.",
            id="scores-name-clubs",
        ),
        pytest.param(
            "BASEBALL - [P:RIPKEN] HOMERS TWICE\nFans saw [P:Cal Ripken] hit.",
            id="headline-trimmed",
        ),
        pytest.param(
            "Schedule of league games:\n[O:DALLAS] AT [O:ST LOUIS]\nThe season starts.",
            id="fixtures-name-clubs",
        ),
        pytest.param(
            "The league match, a 0-0 draw, left [L:Sweden] level with [L:Norway].",
            id="national-teams-stay-places",
        ),
        pytest.param(
            "The league match was a goal feast as [O:Boston] beat [O:Cleveland] in [L:Chicago].",
            id="towns-that-play-are-clubs",
        ),
    ],
)
def test_mentions_of_an_article_are_consistent(marked):
    assert found(marked) == marked


def test_headline_resolves_what_the_text_leaves_open():
    text = "Zegona up again."
    assert found(text) == text
    assert (
        found("[O:Zegona] up again.", title="Telecom firm Zegona rises") == "[O:Zegona] up again."
    )


@pytest.mark.parametrize(
    ("language", "marked"),
    [
        (
            "de",
            "Der [O:Bundestag] hat am Dienstag in [L:Berlin] das Gesetz von [P:Anna] beschlossen.",
        ),
        ("de", "Die Regierung dankt [P:Anna Lindqvist] und [P:Otto von der Aue] für die Hilfe."),
        ("fr", "Le président [P:Émile Carron] a reçu la ministre à [L:Paris]."),
        ("es", "El ministro [P:Pedro Almenar] viajó a [L:Kiev]. [P:Almenar] volvió a [L:Madrid]."),
    ],
)
def test_names_are_found_in_other_languages(language, marked):
    assert found(marked, language=language) == marked


@dataclass
class Tagger:
    """Finds always the same."""

    found: list[tuple[int, int, str]]
    model: str = "always the same"

    def __call__(self, text):
        return self.found


def test_tagger_replaces_the_rules():
    text = "the ferry nordkap sank"
    mentions, entities = find_mentions(
        text, GAZETTEER, tagger=Tagger([(10, 17, "product"), (0, 3, "person")])
    )
    assert mark(text, mentions) == "[P:the] ferry [X:nordkap] sank"
    assert [entity.name for entity in entities] == ["the", "nordkap"]


@pytest.mark.parametrize("text", ["", "\n\n", ".", "'s", "&", "The", "\x00", "A. A. A.", "\ud83d"])
def test_odd_text_has_no_names(text):
    assert find_mentions(text, GAZETTEER) == ([], [])


PIECES = st.sampled_from(
    ["Anna Lind", "the Bank of", "NATO", "(WHO)", "Mr.", "U.S.", "'s", "said", "\n", ". ", ", ",
     "St.", "and", "of", "LONDON", "2", "Leeds", "President", "British", "&", "-based", "Inc."]
)  # fmt: skip
TEXTS = st.lists(st.one_of(PIECES, st.text(max_size=4)), max_size=30).map(" ".join)


@settings(max_examples=150, deadline=None)
@given(text=TEXTS)
def test_spans_are_in_the_text_in_order_and_never_overlap(text):
    mentions, entities = find_mentions(text, GAZETTEER)
    position = 0
    for mention in mentions:
        assert position <= mention.start < mention.end <= len(text)
        assert mention.text == text[mention.start : mention.end]
        position = mention.end
    assert {mention.entity_id for mention in mentions} == {e.entity_id for e in entities}
