"""Speech that a dash opens."""

import functools

import pytest

from flows.seeds import load_lexicon
from transforms.naming.mentions import find_mentions
from transforms.quoting.quotations import find_quotations


@functools.cache
def lexicon():
    return load_lexicon()


def spoken(text, language="en"):
    mentions, _ = find_mentions(text, lexicon().gazetteers, language=language)
    found = find_quotations(text, mentions, lexicon().speeches, language=language)
    return [(q.statement, q.speaker_name) for q in found if q.kind == "direct"]


DIALOGUES = {
    "no": (
        (
            "Broen er stengt.\n– Vi venter på en del. Den kommer i morgen, forteller daglig leder Kari "
            "Holm.\n– Det er tredje gang, legger hun til. Vi er lei.\n– Er det trygt?\n– Ja, svarer Holm. "
            "Hun har jobbet der i ti år."
        ),
        [
            ("Vi venter på en del. Den kommer i morgen", "Kari Holm"),
            ("Det er tredje gang … Vi er lei.", "Kari Holm"),
            ("Ja", "Kari Holm"),
        ],
    ),
    "sv": (
        "– Det tog en dag, säger chefen Karin Lindqvist på onsdagen.\n– Nu är det lagat, fortsätter hon.",
        [("Det tog en dag", "Karin Lindqvist"), ("Nu är det lagat", "Karin Lindqvist")],
    ),
    "da": ("– Nu er det nok, sagde borgmester Mette Holm.", [("Nu er det nok", "Mette Holm")]),
    "fi": (
        "– Kukaan ei varoittanut, sanoo kunnanjohtaja Maija Virtanen.",
        [("Kukaan ei varoittanut", "Maija Virtanen")],
    ),
    "es": (
        (
            "—Nadie nos avisó —explicó la alcaldesa de Lund, Carmen Ruiz—. Lo supimos por la radio.\n"
            "—Esperamos —respondió ella—.\n—Esperaremos —añadió."
        ),
        [
            ("Nadie nos avisó … Lo supimos por la radio.", "Carmen Ruiz"),
            ("Esperamos", "Carmen Ruiz"),
            ("Esperaremos", "Carmen Ruiz"),
        ],
    ),
    "pt": (
        "— Ninguém nos avisou — disse a prefeita Carla Souza. — Soubemos pelo rádio.",
        [("Ninguém nos avisou … Soubemos pelo rádio.", "Carla Souza")],
    ),
    "it": (
        "– Ora aspettiamo – spiega il sindaco Marco Bianchi –, ma non a lungo.",
        [("Ora aspettiamo … ma non a lungo.", "Marco Bianchi")],
    ),
    "fr": (
        (
            "— Personne ne le savait, explique la maire de Lund, Claire Martin.\n— On attend, dit-elle.\n"
            "— Et après ? a-t-on demandé.\n— Rien, a-t-elle répondu mardi."
        ),
        [
            ("Personne ne le savait", "Claire Martin"),
            ("On attend", "Claire Martin"),
            ("Et après ?", None),
            ("Rien", "Claire Martin"),
        ],
    ),
    "pl": (
        "– Nikt nie wiedział – powiedziała burmistrz Anna Kowalska. – Czekamy.",
        [("Nikt nie wiedział … Czekamy.", "Anna Kowalska")],
    ),
    "ru": (
        "— Никто не знал, — сказала мэр Анна Соколова. — Мы ждём.\n— Хватит! — добавила она.",
        [("Никто не знал … Мы ждём.", "Анна Соколова"), ("Хватит!", "Анна Соколова")],
    ),
    "uk": ("– Тепер чекаємо, каже мерка Олена Коваленко.", [("Тепер чекаємо", "Олена Коваленко")]),
    "en": (
        (
            "– It ran all night, said Mayor Ida Falk. We had no choice.\n– Nobody told us.\n"
            "– The river did the rest, Falk said. She left at noon."
        ),
        [
            ("It ran all night … We had no choice. … Nobody told us.", "Ida Falk"),
            ("The river did the rest", "Ida Falk"),
        ],
    ),
}


@pytest.mark.parametrize("language", DIALOGUES)
def test_paragraph_that_a_dash_opens_is_speech(language):
    text, expected = DIALOGUES[language]
    assert spoken(text, language) == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("The plan:\n- a new lamp\n- the fares of the ferry", id="list"),
        pytest.param("The plan:\n- A new lamp.\n- The fares.\n- Benches.", id="list-of-sentences"),
        pytest.param(
            "The report:\n- Fares rose, the report said.\n- Buses were late\n- Trams were full",
            id="list-with-a-verb-of-speech",
        ),
        pytest.param("The plan:\n- The ferry, closed since May, opens.", id="participle"),
        pytest.param("– Who pays?\n– Nobody knows.", id="nobody-named"),
        pytest.param("– – – – –", id="dashes-only"),
    ],
)
def test_list_is_no_dialogue(text):
    assert not spoken(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "Mayor Ida Falk said:\n– We stay. The lamp is lit.",
            [("We stay. The lamp is lit.", "Ida Falk")],
            id="introduced-by-a-colon",
        ),
        pytest.param(
            "– “We stay,” said Ida Falk.", [("We stay", "Ida Falk")], id="marks-after-dash"
        ),
        pytest.param(
            "– They call it “the end”, said Ida Falk.",
            [("They call it “the end”", "Ida Falk")],
            id="marks-within",
        ),
    ],
)
def test_dash_next_to_other_signs_of_speech(text, expected):
    assert spoken(text) == expected


def test_hyphens_without_blanks_open_speech_in_other_languages():
    text = "-No me voy -dijo Carmen Ruiz-. Me quedo.\n-¿Y la casa? -preguntó el alcalde Pablo Gil."
    assert spoken(text, "es") == [
        ("No me voy … Me quedo.", "Carmen Ruiz"),
        ("¿Y la casa?", "Pablo Gil"),
    ]


def test_single_turn_belongs_to_the_only_person_named_before_it():
    text = (
        "Skipper Kari Holm er lei.\n– Vi har ventet lenge.\nRederiet beklager.\n"
        "– Den kommer, sier direktør Mette Lund."
    )
    assert spoken(text, "no") == [
        ("Vi har ventet lenge.", "Kari Holm"),
        ("Den kommer", "Mette Lund"),
    ]


def test_attribution_between_dashes_within_the_marks_is_not_spoken():
    text = "«Ждём, — сказала мэр Анна Соколова. — Долго». «Так нельзя, — добавила она, — и всё»."
    assert spoken(text, "ru") == [
        ("Ждём … Долго", "Анна Соколова"),
        ("Так нельзя … и всё", "Анна Соколова"),
    ]
