"""Direct quotations and their speakers in languages other than English."""

import functools

import pytest

from flows.seeds import load_lexicon
from transforms.naming.mentions import find_mentions
from transforms.quoting.quotations import find_quotations


@functools.cache
def lexicon():
    return load_lexicon()


def read(text, language):
    mentions, _ = find_mentions(text, lexicon().gazetteers, language=language)
    return find_quotations(text, mentions, lexicon().speeches, language=language)


GERMAN = [
    ("„Wir warten“, sagte Bürgermeisterin Hanna Ritter am Freitag in Aren.", "Hanna Ritter", "Bürgermeisterin"),
    ("„Wir warten“, erklärte am Montag der Bauleiter Jonas Beck.", "Jonas Beck", "Bauleiter"),
    ("Der Sprecher der Wehr, Tilo Wenk, sagte am Abend: „Wir warten.“", "Tilo Wenk", "Sprecher der Wehr"),
    ("„Wir warten“, betonte gegenüber dem Kurier die Leiterin Eva Sand.", "Eva Sand", "Leiterin"),
    ("„Wir warten“, kündigte Wirtin Gesa Brammer vor der Presse an.", "Gesa Brammer", "Wirtin"),
    ("„Wir warten“, hatte Hanna Ritter am Dienstag erklärt.", "Hanna Ritter", None),
    ("„Wir warten nicht“, freut sich Feuerwehrmann Jonas Beck.", "Jonas Beck", "Feuerwehrmann"),
    ("„Wir warten nicht“, ist sich Hanna Ritter sicher.", "Hanna Ritter", None),
    ("Das Urteil von Hanna Ritter: „Wir warten.“", "Hanna Ritter", None),
    ("„Wir warten“, jubelte Trainerin Hanna Ritter.", "Hanna Ritter", "Trainerin"),
    ("„Wir warten“, wie Hanna Ritter gestern sagte.", "Hanna Ritter", None),
    ("So sagte Hanna Ritter, Ministerin für Verkehr: „Wir warten.“", "Hanna Ritter", "Ministerin für Verkehr"),
    ("Hanna Ritter: „Wir warten.“", "Hanna Ritter", None),
    ("„Nein!“ rief die Trainerin Hanna Ritter.", "Hanna Ritter", "Trainerin"),
    ("„Wir warten alle auf den Bus“, brummt der Wirt Jonas Beck.", "Jonas Beck", "Wirt"),
    ("„Wir warten“, sagte der Sprecher der Ministerin Hanna Ritter.", None, None),
    ("„Wir warten“, heißt es in der Mitteilung.", None, None),
    ("Hanna Ritter sagte, der Vertrag sei „auf keinen Fall zu halten“.", "Hanna Ritter", None),
    ("Laut Hanna Ritter „auf keinen Fall zu halten“.", "Hanna Ritter", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "name", "role"), GERMAN)
def test_german_attribution_names_the_speaker(text, name, role):
    (found,) = read(text, "de")
    assert (found.kind, found.speaker_name, found.speaker_role) == ("direct", name, role)


@pytest.mark.parametrize(
    ("language", "text", "name", "role"),
    [
        ("fr", "« Nous attendons », a déclaré la directrice Claire Martin mardi.", "Claire Martin", "directrice"),
        ("fr", "« Nous attendons », a expliqué lundi à la radio le maire Luc Petit.", "Luc Petit", "maire"),
        ("fr", "Selon Claire Martin, « nous attendons depuis deux ans ».", "Claire Martin", None),
        ("fr", "« Nous attendons », selon la maire de Lund, Claire Martin.", "Claire Martin", "maire de Lund"),
        ("es", "«Esperamos», dijo el martes a este diario la alcaldesa Carmen Ruiz.", "Carmen Ruiz", "alcaldesa"),
        ("es", "El director del puerto, Pablo Gil, dijo que «no hay prisa».", "Pablo Gil", "director del puerto"),
        ("it", "«Aspettiamo», ha detto ieri il sindaco Marco Bianchi.", "Marco Bianchi", "sindaco"),
        ("pt", "“Esperamos”, afirmou na segunda-feira a prefeita Carla Souza.", "Carla Souza", "prefeita"),
        ("nl", "“We wachten”, zei burgemeester Anna de Vries dinsdag in Lund.", "Anna de Vries", "burgemeester"),
        ("nb", "«Vi venter», sa ordfører Kari Holm på tirsdag.", "Kari Holm", "ordfører"),
    ],
)  # fmt: skip
def test_role_time_and_place_are_not_the_name(language, text, name, role):
    (found,) = read(text, language)
    assert (found.kind, found.speaker_name, found.speaker_role) == ("direct", name, role)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "de",
            "Hanna Ritter kam am Montag. „Wir warten“, sagte sie. „Noch lange“, so Ritter weiter.",
        ),
        ("fr", "Claire Martin est venue. « Oui », a-t-elle dit. « On attend », dit-elle."),
        ("es", "«Sí», dijo Carmen Ruiz ayer. «Esperamos», añadió."),
    ],
)
def test_pronoun_and_bare_verb_are_the_speaker_before(language, text):
    assert len({q.speaker_name for q in read(text, language)}) == 1
    assert len(read(text, language)) == 2


def test_words_in_marks_without_a_verb_of_speech_have_no_speaker():
    assert read("Le maire a parlé d'un « malentendu » et d'une « occasion ».", "fr") == []


def test_swedish_marks_close_like_they_open():
    text = "”Vi har väntat i två år”, sade kommunalrådet Karin Lindqvist i Malmö på tisdagen."
    (found,) = read(text, "sv")
    assert (found.kind, found.statement, found.speaker_name) == (
        "direct", "Vi har väntat i två år", "Karin Lindqvist",
    )  # fmt: skip
