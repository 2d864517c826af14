"""Random texts and instants for the tests on dates."""

from datetime import timedelta, timezone

from hypothesis import strategies as st

# Pieces that the grammar reads and pieces that may confuse it, joined in any order.
WORDS = """
    the last next this that previous same second third Q3 quarter year years month weeks days
    day decade century weekend of in on by until from to and between a two 28 30 1989 2024
    31/13/2020 9999 99999999999 0 early late mid - . , ( 's ago earlier later before after every
    twice about Monday Tuesday Nov. May March Sunday Times April spring fall summer morning
    night noon midnight 10:30 a.m. 24:61 EST o'clock 1990s '80s Christmas Easter fiscal half few
    several today tomorrow now recently future past end beginning annual weekly old İ ’ ʼ ² ٣
"""
PIECES = [*WORDS.split(), "\n"]
TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4)), max_size=25).map(" ".join),
)
ZONES = st.integers(-23 * 60, 23 * 60).map(lambda m: timezone(timedelta(minutes=m)))
INSTANTS = st.one_of(st.none(), st.datetimes(), st.datetimes(timezones=ZONES))
