"""Quotation marks that are paired, and apostrophes that are none."""

import pytest

from transforms.quoting.marks import find_marked


def quoted(text):
    return [text[q.inner_start : q.inner_end] for q in find_marked(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "'The nurses' pay is low, and the porters' is lower,' said Ida Falk.",
            ["The nurses' pay is low, and the porters' is lower,"],
            id="plurals",
        ),
        pytest.param(
            "‘We took the pilots’ word, and the masters’ word too,’ she said.",
            ["We took the pilots’ word, and the masters’ word too,"],
            id="curly-plurals",
        ),
        pytest.param(
            "'Ten years' work is gone,' said Ida Falk. 'The debt is not.'",
            ["Ten years' work is gone,", "The debt is not."],
            id="years",
        ),
        pytest.param(
            "She said that 'the growers' year has come' and left.",
            ["the growers' year has come"],
            id="within-a-sentence",
        ),
        pytest.param(
            "‘James’ boat is the crew’s,’ he said.", ["James’ boat is the crew’s,"], id="name"
        ),
        pytest.param("'We lost the keys', said Falk.", ["We lost the keys"], id="ends-in-s"),
        pytest.param("The 'players' have gone.", ["players"], id="word-that-ends-in-s"),
        pytest.param(
            "‘We paid the nurses.’ The nurses’ pay rose.", ["We paid the nurses."], id="stop"
        ),
        pytest.param(
            "He called it ‘nonsense’. ‘’Tis a pity,’ he said.",
            ["nonsense", "’Tis a pity,"],
            id="shortened-word-opens",
        ),
        pytest.param("It was the players’ idea and the owners’ money.", [], id="no-quotation"),
        pytest.param("Tell 'em that the '90s were the drivers' years.", [], id="shortened-words"),
        pytest.param(
            "They sang 'Tis the season in the drivers' hall.", [], id="shortened-first-word"
        ),
        pytest.param("In 's-Graven was 's avonds geen licht.", [], id="dutch"),
        pytest.param("'£20m is gone,' he said.", ["£20m is gone,"], id="sum"),
        pytest.param(
            "‘“No” was the crew’s word,’ he said.",
            ["“No” was the crew’s word,"],
            id="double-inside",
        ),
        pytest.param(
            "'They shouted \"the crew's own money\" at us,' he said.",
            ['They shouted "the crew\'s own money" at us,'],
            id="straight-double-inside",
        ),
        pytest.param(
            "‘We ran.\n‘Nobody saw the boys’ bags.\n‘They were gone,’ he said.",
            ["We ran.", "Nobody saw the boys’ bags.", "They were gone,"],
            id="several-paragraphs",
        ),
        pytest.param(
            "'We ran.\n'Nobody saw the boys' bags.\n'They were gone,' he said.",
            ["We ran.", "Nobody saw the boys' bags.", "They were gone,"],
            id="several-straight-paragraphs",
        ),
        pytest.param("Sie sagte ‚nein‘ und ‹doch›.", ["nein", "doch"], id="other-single-marks"),
    ],
)
def test_apostrophe_is_not_a_quotation_mark(text, expected):
    assert quoted(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "« Le pont est fermé », a dit Falk.", ["Le pont est fermé"], id="no-break-spaces"
        ),
        pytest.param("«\u202fNon.\u202f»", ["Non."], id="thin-spaces"),
        pytest.param("Falk said: “ We stay. ”", ["We stay."], id="curly"),
        pytest.param("“ We stay. ”", ["We stay."], id="curly-at-the-start"),
        pytest.param(
            '" We lost a day , " said Falk , who rows . " Nobody came . "',
            ["We lost a day ,", "Nobody came ."],
            id="tokenised",
        ),
        pytest.param(
            "`` We lost a day , '' said Falk .", ["We lost a day ,"], id="typewriter-pairs"
        ),
        pytest.param('The plank was 6 " long and 2 " wide.', [], id="inches-with-blanks"),
        pytest.param(
            "Un « malentendu » et une « occasion ».", ["malentendu", "occasion"], id="two"
        ),
    ],
)
def test_blanks_next_to_the_marks_are_left_out(text, expected):
    assert quoted(text) == expected
