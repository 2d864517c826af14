import pytest

from flows.seeds import load_lexicon
from transforms.subjects.topics import find_topics


@pytest.fixture(scope="module")
def topics():
    return load_lexicon().topics


def best(text, topics, **given):
    return [topic.name for topic in find_topics(text, topics, **given)]


def test_topic_has_both_levels_and_the_terms_it_was_found_by(topics):
    text = "The goalkeeper saved a penalty in the last minute, and the striker wept."
    found = find_topics(text, topics)
    assert [(topic.level, topic.name) for topic in found] == [
        (1, "sport"),
        (2, "competition discipline"),
    ]
    (goalkeeper,) = [one for one in found[0].evidence if one.term == "goalkeeper"]
    assert text[goalkeeper.start : goalkeeper.end] == "goalkeeper"
    assert found[1].broader_code == found[0].code == "15000000"


def test_singular_of_the_list_stands_for_the_plural(topics):
    text = "Two earthquakes shook the valley. After the earthquakes came landslides."
    assert best(text, topics)[0] == "disaster, accident and emergency incident"


def test_plural_of_the_list_stands_only_for_itself(topics):
    text = "The future of the choir is open, and the future of the hall as well."
    assert best(text, topics) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("The UN envoy left after the UN vote.", True, id="with-capitals"),
        pytest.param("They un the un of an un.", False, id="without"),
    ],
)
def test_term_with_a_capital_letter_needs_one_in_the_text(text, expected, topics):
    assert ("politics and government" in best(text, topics)) == expected


def test_term_of_the_headline_counts_and_has_no_place(topics):
    (first, *_) = find_topics("He shook every hand.", topics, title="Referee stops cup final")
    assert first.name == "sport"
    assert {(one.start, one.end) for one in first.evidence} == {(None, None)}


def test_scores_are_shares_of_the_evidence_of_a_level(topics):
    text = "The court sentenced the striker. The judge fined the goalkeeper and the coach."
    found = [topic for topic in find_topics(text, topics) if topic.level == 1]
    assert {topic.name for topic in found} == {"sport", "crime, law and justice"}
    assert sum(topic.score for topic in found) == pytest.approx(1, abs=0.001)


@pytest.mark.parametrize(
    ("language", "text", "code"),
    [
        pytest.param("de", "Die Staatsanwaltschaft klagt den Richter an. Das Gericht urteilt bald.",
                     "02000000", id="de"),
        pytest.param("fr", "Le gardien de but a arrêté le penalty, et l'entraîneur a pleuré.",
                     "15000000", id="fr"),
        pytest.param("es", "La inflación baja y el banco central estudia los tipos de interés.",
                     "04000000", id="es"),
    ],
)  # fmt: skip
def test_other_languages_have_terms(language, text, code, topics):
    assert find_topics(text, topics, language=language)[0].code == code


@pytest.mark.parametrize(
    ("text", "language"),
    [
        pytest.param("", "en", id="empty"),
        pytest.param("He came home and sat down.", "en", id="no-terms"),
        pytest.param("The goalkeeper saved the penalty.", "fi", id="language-without-terms"),
    ],
)
def test_no_topic_is_better_than_a_guess(text, language, topics):
    assert find_topics(text, topics, language=language) == []
