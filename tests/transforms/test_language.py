"""Languages: declared and detected."""

import pytest

from tests.helpers.pages import PARAGRAPHS, article_of, make_page
from transforms.languages.detection import tell_language

GERMAN = "Die Hafenbehörde hat am Montag den nördlichen Kai gesperrt, nachdem Taucher Risse in drei Pfeilern gefunden hatten. Die Fähren legen bis auf Weiteres am südlichen Kai an."
UKRAINIAN = "Портова влада закрила в понеділок північний причал, після того як водолази знайшли тріщини в трьох опорах. Пороми поки що пристають до південного."


@pytest.mark.parametrize(
    ("text", "declared", "believed", "is_disputed"),
    [
        pytest.param(GERMAN, "de", "de", False, id="agree"),
        pytest.param(GERMAN, None, "de", False, id="nothing-declared"),
        pytest.param(UKRAINIAN, None, "uk", False, id="ukrainian"),
        pytest.param(GERMAN, "en", "de", True, id="template-says-english"),
        pytest.param("Quay closed", "fr", "fr", False, id="too-short-to-tell"),
        pytest.param("42 : 17", None, None, False, id="nothing-known"),
    ],
)
def test_language_is_chosen_from_declared_and_detected(text, declared, believed, is_disputed):
    language = tell_language(text, declared)
    assert (language.code, language.is_disputed) == (believed, is_disputed)


def test_article_has_declared_and_chosen_language():
    article = article_of(make_page(PARAGRAPHS, lang="de-AT"))
    assert (article.declared_language, article.detected_language) == ("de", "en")
    assert article.language == "en"
    assert "language_disputed" in article.flags


@pytest.mark.parametrize(
    ("lang", "head", "region"),
    [
        pytest.param("en-GB", "", "GB", id="html"),
        pytest.param("en", '<meta property="og:locale" content="en_IE">', "IE", id="locale"),
        pytest.param("zh-Hant-TW", "", "TW", id="script-between"),
        pytest.param("en", "", None, id="none"),
    ],
)
def test_article_has_the_region_of_the_declared_language(lang, head, region):
    assert article_of(make_page(PARAGRAPHS, lang=lang, head=head)).declared_region == region


def test_region_of_the_feed_counts_if_the_page_has_none():
    html = make_page(PARAGRAPHS, lang="en")
    assert article_of(html, language="en-IE").declared_region == "IE"
    plain = article_of("The stalls are at the pier.", media_type="text", language="en-GB")
    assert plain.declared_region == "GB"
