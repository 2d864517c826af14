"""Hostile texts of any size, by name, and the measure of what they cost."""

from functools import partial

from tests.helpers.cpu_time import takes_at_most

# What each text repeats. Runs of these make careless patterns and loops take quadratic time.
REPEATED = {
    "blanks": " ",
    "tabs": "\t",
    "hard_blanks": "\xa0",
    "lines": "\n",
    "quotation_marks": '"',
    "curly_quotation_marks": "“",
    "apostrophes": "'",
    "commas": ",",
    "spaced_commas": " , ",
    "digits": "7",
    "capitals": "A",
    "letters": "a",
    "initials": "A. ",
    "words": "Ab ",
    "square_brackets": "[",
    "round_brackets": "(",
    "braces": "{",
    "objects": '{"a":',
    "tags_without_name": "<",
    "open_tags": "<a ",
    "nested_tags": "<b>",
    "nested_blocks": "<div>",
    "closing_tags": "</p>",
    "comments": "<!--",
    "closed_comments": "<!--a-->",
    "closed_instructions": "<?a?>",
    "sections": "<![CDATA[",
    "declarations": "<!A ",
    "instructions": "<?a ",
    "references": "&#",
    "ampersands": "&",
    "entities": "&amp;",
    "dots": ".",
    "labels": "a.",
    "slashes": "/",
    "steps_up": "../",
    "dashes": "-",
    "hyphens": "a-",
    "bars": "|",
    "spaced_bars": " | ",
    "semicolons": ";",
    "colons": ":",
    "at_signs": "@",
    "addresses": "a@b.c ",
    "hashes": "#",
    "question_marks": "?",
    "pairs": "a=1&",
    "percent_signs": "%",
    "backslashes": "\\",
    "underscores": "_",
    "emoji": "😀",
    "accents": "\u0316\u0300",  # in the wrong order: to compose them takes a sort
    "hangul": "가",
    "days": "7.7.",
    "times": "7:07 ",
    "bylines": "By Ann Lee, ",
    "short_lines": "a\n",
    "web_addresses": "http://",
    "stars": "*",
    "controls": "\x01",
}


def hostile(name: str, chars: int) -> str:
    """Return the named text with so many characters."""
    piece = REPEATED[name]
    return (piece * (chars // len(piece) + 1))[:chars]


def superlinear(run, *, names=REPEATED, chars=10_000):
    """Return the names of the texts for which `run` takes more than in proportion.

    Twice the text may take 2.3 times the CPU time, so a quadratic cost of a tenth of a second
    is found.
    """
    run(hostile("words", 10))  # what is compiled and loaded at first use does not count
    return [
        name
        for name in names
        if not takes_at_most(
            2.3,
            partial(run, hostile(name, 2 * chars)),
            partial(run, hostile(name, chars)),
            slack_s=0.05,
        )
    ]
