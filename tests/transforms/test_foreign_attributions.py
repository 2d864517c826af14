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


STATED = [
    ("de", "Hanna Ritter sagte, der Vertrag sei „auf keinen Fall zu halten“.", "mixed", "der Vertrag sei „auf keinen Fall zu halten“", "Hanna Ritter"),
    ("de", "Die Straße sei gesperrt, sagte Hanna Ritter.", "indirect", "Die Straße sei gesperrt", "Hanna Ritter"),
    ("de", "Hanna Ritter hat gesagt, dass die Straße gesperrt ist.", "indirect", "dass die Straße gesperrt ist", "Hanna Ritter"),
    ("de", "Wie die Polizei mitteilte, ist die Straße gesperrt.", "indirect", "ist die Straße gesperrt", "die Polizei"),
    ("de", "Laut Polizei ist die Straße gesperrt.", "indirect", "ist die Straße gesperrt", "Polizei"),
    ("de", "Dem Bericht zufolge ist die Straße gesperrt.", "indirect", "ist die Straße gesperrt", "Bericht"),
    ("es", "El director del puerto, Pablo Gil, dijo que «no hay prisa».", "mixed", "que «no hay prisa»", "Pablo Gil"),
    ("es", "El puente cerrará en mayo, según informó la policía.", "indirect", "El puente cerrará en mayo", "la policía"),
    ("fr", "La maire a annoncé que le pont fermerait en mai.", "indirect", "que le pont fermerait en mai", "La maire"),
    ("it", "L'allenatore ha detto che la gara è finita.", "indirect", "che la gara è finita", "L'allenatore"),
    ("pt", "De acordo com o ministério, a ponte fecha em maio.", "indirect", "a ponte fecha em maio", "o ministério"),
    ("nl", "De brug gaat in mei dicht, aldus de woordvoerder.", "indirect", "De brug gaat in mei dicht", "de woordvoerder"),
    ("pl", "Rzecznik powiedział, że most jest „bezpieczny”.", "mixed", "że most jest „bezpieczny”", "Rzecznik"),
    ("ru", "По словам мэра, мост закроют в мае.", "indirect", "мост закроют в мае", "мэра"),
    ("uk", "Речник заявив, що міст закриють у травні.", "indirect", "що міст закриють у травні", "Речник"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "kind", "stated", "speaker"), STATED)
def test_clause_is_a_statement_of_whoever_it_is_attributed_to(
    language, text, kind, stated, speaker
):
    (found,) = read(text, language)
    assert (found.kind, found.text) == (kind, stated)
    assert speaker in {found.speaker, found.speaker_name}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Das Projekt heißt „Sicheres Aren“ und kostet zwei Millionen Euro."),
        ("de", "Übersetzung: Ida Ott, Redaktion: Tom Karst, Schlussredaktion: Ute Lind."),
        ("de", "Hanna Ritter sagte nicht, dass die Straße gesperrt ist."),
        ("es", "El alcalde no dijo que el puente cerrara."),
        ("fr", "Le film « La Route » sort mercredi."),
        ("it", "Il romanzo «Le ore chiare» esce lunedì."),
        ("ru", "Роман «Ясные часы» выйдет в понедельник."),
    ],
)
def test_names_of_works_and_what_nobody_said_are_no_statements(language, text):
    assert read(text, language) == []


def test_sentence_in_reported_mood_goes_on():
    text = "Hanna Ritter sagte, die Straße sei gesperrt. Sie werde im Mai geöffnet. Es regnet."
    assert [q.text for q in read(text, "de")] == [
        "die Straße sei gesperrt",
        "Sie werde im Mai geöffnet",
    ]


def test_verb_without_subject_has_the_speaker_before():
    text = "Carmen Ruiz dijo que el puente cerrará. Añadió que abrirá en mayo."
    assert [q.speaker_name for q in read(text, "es")] == ["Carmen Ruiz", "Carmen Ruiz"]


def test_two_quotations_after_one_verb_have_one_speaker():
    text = "Hanna Ritter sagte: „Wir warten nicht mehr lange“ und „das ist sicher“."
    assert {q.speaker_name for q in read(text, "de")} == {"Hanna Ritter"}


def test_verb_without_subject_has_the_person_of_the_sentence_before():
    text = (
        "El portavoz, Tomás Quesada, dijo que el agua es cara. La alcaldesa, Carmen Olivar, pidió"
        " paciencia. «Hemos esperado quince años», afirmó."
    )
    assert [q.speaker_name for q in read(text, "es")] == ["Tomás Quesada", "Carmen Olivar"]
