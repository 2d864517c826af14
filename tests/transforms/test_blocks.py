"""The keys by which lines of a page are compared."""

from hypothesis import given
from hypothesis import strategies as st

from transforms.cleaning.blocks import key_of


@given(st.text() | st.text("aZ1_ ’\u00e9\u0301\ud800", max_size=9))
def test_key_is_the_letters_and_digits_of_any_text(text):
    assert key_of(text) == "".join(filter(str.isalnum, text))
