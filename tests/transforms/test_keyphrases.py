import pytest

from flows.seeds import load_lexicon
from tests.helpers.builders import make_article
from transforms.pipeline import annotate_with
from transforms.records import Mention
from transforms.subjects.keyphrases import MOST_PHRASES, find_keyphrases


@pytest.fixture(scope="module")
def stop_words():
    return load_lexicon().stop_words


def phrases(text, stop_words, *, language="en", title=None, mentions=()):
    stops = stop_words.of(language)
    found = find_keyphrases(text, mentions, stops, title=title, language=language)
    return [phrase.phrase for phrase in found]


def test_name_is_one_phrase_however_it_is_written(stop_words):
    text = "Ana Ruiz opened the harbour. Ruiz had promised a harbour for years."
    mentions = [
        Mention(start=start, end=end, text=text[start:end], kind="person", name="Ana Ruiz",
                entity_id="n1-ruiz")
        for start, end in ((0, 8), (29, 33))
    ]  # fmt: skip
    found = find_keyphrases(text, mentions, stop_words.of("en"))
    assert [(one.phrase, one.entity_id, one.occurrences) for one in found[:2]] == [
        ("Ana Ruiz", "n1-ruiz", 2),
        ("harbour", None, 2),
    ]


def test_headline_counts_but_its_own_words_are_not_returned(stop_words):
    text = "The council voted for the tram line. A tram line costs less than a tunnel."
    found = phrases(text, stop_words, title="Zebra line: tram wins")
    assert found[0] == "tram line"
    assert not any("zebra" in phrase for phrase in found)


@pytest.mark.parametrize(
    ("word", "text"),
    [
        pytest.param("family", "The family left. Nobody has seen the family since.", id="family"),
        pytest.param("seaweed", "Seaweed rots on the sand. The town carts seaweed off.", id="weed"),
    ],
)
def test_noun_with_the_ending_of_an_adverb_or_a_verb_is_found(word, text, stop_words):
    assert phrases(text, stop_words)[0] == word


@pytest.mark.parametrize(
    ("language", "text", "best"),
    [
        pytest.param("de", "Die Stichwahl ist offen. Vor der Stichwahl warben beide um Stimmen.",
                     "stichwahl", id="de"),
        pytest.param("fr", "La grève continue. Le maire dit que la grève coûte cher à la ville.",
                     "grève", id="fr"),
        pytest.param("es", "La sequía sigue. Con la sequía bajan los embalses de la sierra.",
                     "sequía", id="es"),
        pytest.param("it", "Lo sciopero continua. Con lo sciopero si fermano anche i treni.",
                     "sciopero", id="it"),
        pytest.param("nl", "De staking duurt voort. Door de staking rijden er geen treinen.",
                     "staking", id="nl"),
        pytest.param("pl", "Strajk trwa nadal. Przez strajk nie jeżdżą pociągi do portu.",
                     "strajk", id="pl"),
        pytest.param("pt", "A greve continua. Com a greve não há barcos para a ilha.",
                     "greve", id="pt"),
        pytest.param("ru", "Забастовка продолжается. Из-за забастовки стоят поезда.",
                     "забастовка", id="ru"),
        pytest.param("uk", "Страйк триває. Через страйк не ходять потяги до порту.",
                     "страйк", id="uk"),
        pytest.param("sq", "Greva vazhdon. Nga greva nuk ka anije për në ishull.",
                     "greva", id="without-a-list"),
    ],
)  # fmt: skip
def test_repeated_noun_is_best_in_each_language(language, text, best, stop_words):
    assert best in phrases(text, stop_words, language=language)[:2]


def test_german_phrase_ends_with_a_noun(stop_words):
    text = "Erneuerbare Energien wachsen weiter. Die erneuerbaren Energien liefern Strom."
    found = phrases(text, stop_words, language="de")
    assert "energien" in " ".join(found)
    assert not any(phrase.endswith(("wachsen", "liefern")) for phrase in found)


@pytest.mark.parametrize("text", ["", "...", "The of and.", "12 13 14", "\n\n"])
def test_text_without_content_words_has_no_keyphrases(text, stop_words):
    assert phrases(text, stop_words) == []


def test_places_are_those_of_the_words_and_scores_fall_from_one():
    text = "The dam failed on Sunday. Engineers had warned that the dam would fail in a flood."
    found = annotate_with(make_article(text), load_lexicon(), {"keyphrases"}).keyphrases
    assert found[0].score == 1
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert [text[one.start : one.end].lower() for one in found] == [one.phrase for one in found]


def test_at_most_ten_phrases_are_found(stop_words):
    text = ". ".join(f"The {word}ship sank" for word in "abcdefghijklmnopqrst")
    assert len(phrases(text, stop_words)) == MOST_PHRASES
