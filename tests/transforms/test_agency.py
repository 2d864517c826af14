"""Agency credits and datelines."""

import pytest

from tests.helpers.pages import PARAGRAPHS, boilerplate
from transforms.cleaning.agency import find_agency, find_dateline


@pytest.mark.parametrize(
    ("first", "dateline", "agency"),
    [
        ("BRUSSELS, Nov 28 (Reuters) - The ministers met again.", "BRUSSELS, Nov 28", "Reuters"),
        ("WASHINGTON (AP) — The bill passed by four votes.", "WASHINGTON", "AP"),
        ("NEW YORK — Shares fell on Monday.", "NEW YORK", None),
        ("KYIV. November 28 - The grid held through the night.", "KYIV. November 28", None),
        ("Berlin (dpa) - Die Bahn fährt wieder.", "Berlin", "dpa"),
        ("Paris, 28 nov (AFP) - Le bac reste à quai.", "Paris, 28 nov", "AFP"),
        (
            "КИЇВ, 28 листопада (Укрінформ) — Міністри зустрілися.",
            "КИЇВ, 28 листопада",
            "Ukrinform",
        ),
        ("LARCH CROSSING (HQA) — The ferries stay in port.", "LARCH CROSSING", "HQA"),
        ("Oslo (HQA) – The ferries stay in port.", "Oslo", "HQA"),
        ("(HQA) – The ferries stay in port.", None, "HQA"),
        ("Lindqvist (SPD) – who runs the port – was right.", None, None),
        ("The port, Mayor Holm said – and she was right – must close.", None, None),
        ("Yes - the quay is closed.", None, None),
        ("Petra Lindqvist: the port is safe.", None, None),
    ],
)
def test_dateline_and_the_agency_in_it(first, dateline, agency):
    words = boilerplate().credits
    assert find_dateline(first, words) == dateline
    assert find_agency([first, *PARAGRAPHS], [], words) == agency


@pytest.mark.parametrize(
    ("paragraphs", "agency"),
    [
        (["The quay is closed, Ukrinform reports.", *PARAGRAPHS], "Ukrinform"),
        (["Про це повідомляє Укрінформ.", *PARAGRAPHS], "Ukrinform"),
        (["Об этом сообщает ТАСС.", *PARAGRAPHS], "TASS"),
        (["Der Kai ist gesperrt, berichtet die Zeitung.", *PARAGRAPHS, "(dpa)"], "dpa"),
        ([*PARAGRAPHS, "© dpa-infocom, dpa:240516-99-53606/3"], "dpa"),
        ([*PARAGRAPHS, "With reporting by Reuters"], "Reuters"),
        ([*PARAGRAPHS, "(HQA)"], "HQA"),
        ([*PARAGRAPHS, "The quay opens again in May. (HQA)"], "HQA"),
        ([*PARAGRAPHS, "The quay opens again in May. (MORE)"], None),
        ([*PARAGRAPHS, "The plan came from the Union of Port Towns (UPT)"], None),
        (list(PARAGRAPHS), None),
        (["The AP exam begins on Monday.", *PARAGRAPHS], None),
        (
            [*PARAGRAPHS[:2], "An interview with Reuters is planned, she said.", *PARAGRAPHS[2:]],
            None,
        ),
    ],
)
def test_agency_at_the_start_or_end_is_credited(paragraphs, agency):
    assert find_agency(paragraphs, [], boilerplate().credits) == agency


def test_agency_in_the_byline_is_credited():
    assert (
        find_agency(PARAGRAPHS, ["Anna Weaver", "The Associated Press"], boilerplate().credits)
        == "AP"
    )


@pytest.mark.parametrize(
    "name", ["Associated Press", "The Associated Press", "Agence France-Presse"]
)
def test_agency_is_recognized_by_its_aliases(name):
    assert name.casefold() in boilerplate().credits.names
    assert name.casefold() in boilerplate().bylines.agencies
