"""Texts with overlapping marks: nothing of the text is lost, and elements nest."""

from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from flows.web.marked_text import MOST_OPEN, Mark, paragraphs, steps, within_limit


def mark(key, *pieces, number=None):
    return Mark(key=key, pieces=pieces, style=f"style-{key}", about=f"about-{key}",
                label=f"label {key}", number=number)  # fmt: skip


def shown(text, *marks, kinds=()):
    return "\n".join(str(one.html) for one in paragraphs(text, kinds, marks))


LETTERS = st.sampled_from(list("ab <>&\"'\n\u00e9\U0001f600"))
TEXTS = st.text(LETTERS, max_size=40)
PLACES = st.tuples(st.integers(-3, 45), st.integers(-3, 45)).map(lambda both: tuple(sorted(both)))


@st.composite
def texts_with_marks(draw):
    text = draw(TEXTS)
    pieces = draw(st.lists(st.lists(PLACES, min_size=1, max_size=3), max_size=6))
    numbers = draw(st.lists(st.booleans(), min_size=6, max_size=6))
    marks = [
        mark(f"m{at}", *sorted(some), number=at if numbers[at] else None)
        for at, some in enumerate(pieces)
    ]
    return text, marks


@given(texts_with_marks())
def test_steps_keep_the_text_and_nest(drawn):
    text, marks = drawn
    open_marks, read = [], ""
    for step in steps(text, marks):
        if step.mark is None:
            read += step.text
        elif step.is_opening:
            open_marks.append(step.mark.key)
        else:
            assert open_marks.pop() == step.mark.key
    assert (read, open_marks) == (text, [])


@given(texts_with_marks())
def test_each_character_has_exactly_its_marks(drawn):
    text, marks = drawn
    wanted = [
        {one.key for one in marks for start, end in one.pieces if start <= at < end}
        for at in range(len(text))
    ]
    open_marks: list[str] = []
    found = []
    for step in steps(text, marks):
        if step.mark is None:
            found += [set(open_marks)] * len(step.text)
        elif step.is_opening:
            open_marks.append(step.mark.key)
        else:
            open_marks.pop()
    # Blanks at the ends of a piece are not marked.
    solid = [at for at, char in enumerate(text) if not char.isspace()]
    assert [found[at] for at in solid] == [wanted[at] for at in solid]


@given(texts_with_marks())
def test_paragraphs_read_as_the_lines_of_the_text(drawn):
    text, marks = drawn
    found = paragraphs(text, (), marks)
    lines = [line for line in text.split("\n") if line.strip()]
    assert [html.fromstring(f"<div>{one.html}</div>").text_content() for one in found] == lines


@given(texts_with_marks())
def test_each_mark_has_one_id_and_one_number(drawn):
    text, marks = drawn
    tree = html.fromstring(f"<div>{shown(text, *marks)}</div>")
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    visible = {
        one.key for one in marks if any(text[max(0, a) : max(0, b)].strip() for a, b in one.pieces)
    }
    assert set(ids) == visible
    numbered = {one.about for one in marks if one.number is not None and one.key in visible}
    assert set(tree.xpath("//a[@class='ref']/@href")) == {f"#{about}" for about in numbered}


@given(texts_with_marks())
def test_no_link_is_within_a_link(drawn):
    text, marks = drawn
    tree = html.fragment_fromstring(f"<div>{shown(text, *marks)}</div>")
    assert not tree.xpath("//a//a")


def test_interrupted_statement_over_two_paragraphs():
    text = "“We wait,” she said, “and\nwait.”"
    said = mark("s1", (1, 9), (text.index("and"), text.index("”", 20)), number=1)
    found = shown(text, said)
    assert found.count("<span") == 3
    assert found.count('id="s1"') == 1
    assert found.index("wait.") < found.index('class="ref"')


def test_name_within_a_statement_is_a_link_to_what_is_told_about_it():
    text = "The mayor of Aren resigned"
    found = shown(text, mark("s0", (0, len(text)), number=1), mark("n13", (13, 17)))
    assert '<a class="style-n13" href="#about-n13" title="label n13" id="n13">Aren</a>' in found


def test_hostile_text_and_labels_are_escaped():
    text = '<script>alert("x")</script> \u202e'
    bad = Mark(key='"><b>', pieces=[(0, 8)], style="s", about='"x', label="<i>")
    found = shown(text, bad)
    assert "<script" not in found
    assert "<b>" not in found
    assert "<i>" not in found
    assert "\u202e" not in found


def test_kinds_of_paragraphs_are_kept_if_there_is_one_for_each_line():
    text = "Next\n\nOne"
    assert [one.kind for one in paragraphs(text, ["heading", "text", "item"], [])] == ["heading", "item"]  # fmt: skip
    assert [one.kind for one in paragraphs(text, ["heading"], [])] == ["text", "text"]


def crossing(count):
    """Return a text and marks of which each begins within all earlier ones and ends after them."""
    return "word " * 2 * count, [mark(f"m{at}", (at, at + 5 * count)) for at in range(count)]


def test_marks_that_cross_each_other_take_steps_in_proportion_to_their_number():
    lengths = []
    for count in (1_500, 3_000):
        text, marks = crossing(count)
        lengths.append(sum(1 for _ in steps(text, within_limit(marks))))
        assert lengths[-1] < 3 * MOST_OPEN * count
    assert lengths[1] < 2.2 * lengths[0]


def test_apart_marks_and_nested_ones_are_all_kept():
    apart = [mark(f"a{at}", (10 * at, 10 * at + 9)) for at in range(1_000)]
    nested = [mark(f"n{at}", (3, 9 - at // 4)) for at in range(MOST_OPEN - 1)]
    assert within_limit([*apart, *nested]) == [*apart, *nested]


def test_mark_that_goes_beyond_the_limit_is_left_out_whole():
    wide = [mark(f"w{at}", (10, 20)) for at in range(MOST_OPEN)]
    interrupted, late = mark("i", (0, 5), (12, 15), (30, 35)), mark("l", (20, 25))
    assert within_limit([*wide, interrupted, late]) == [*wide, late]


@given(texts_with_marks())
def test_few_marks_are_kept(drawn):
    _, marks = drawn
    assert within_limit(marks) == marks
