"""Pieces of text that have cost too much time, or might: each is repeated, alone and with others."""

# Names, roles and the marks around them.
NAMES = (
    "Ann, ", "Ann ", "Mr ", "A.", "A. ", "A B ", "Aa", "NATO ", "NATO (", "THE ", "ANN LEE ", "John Smith, ", "Bank of ",
    "Ann Lee, Bo Lee and ", "Ann and ", "Mr Ann Lee said. ", "President Ann ", "United ", "U.S. ", "St. ", "Inc. ",
    "Ann’s ", "Ann-", "Leeds 2-1 Hull ", "Leeds beat Hull ", "(Ann) ", "“Ann ", "Аbв ", "Ann\u0301 ", "de ", "Ann de ",
    "THE CAT SAT ", "St. Mary's ", "U.S.", "Kovac ",
)  # fmt: skip
# Quotations, verbs of speech and what follows them.
STATEMENTS = (
    "'", '"', "“", "”", "‘", "’", "„", "«", "''", "“a” said ", "“a,” ", "“a.” Ann said. ", "said ", "said. ", "Ann said ",
    "he said that ", "that ", "to ", "who ", "according to ", "declined to comment. ", "did not respond to ", "Q: a?\nA: b.\n",
    "ANN LEE: yes.\n", "\n– ", "’s ", "s’ ", "'a' ", "„a“, sagte ", "dit-il ", "his ", "I ",
    "'a ", "‘a ", "SAID ", "he said ", "a-", "a'", "man who ", "of ", "“a ” said ", "“a.” ", "6’2” ", "his claim ", "“ a ", "“a?” b ", "the mayor of the ",
    "saying ", "and Ana ", "– ", "\n– A", "\n– A, said Ana. ", "– A, said Ana Bo. ", "— ", '" a ', "s' ", "'a b' ", "\n'a", "\nQ: a?\nA: b. ",
    "\nWhy?\nI go. ", "“a” — Ana, ", "Ana, a: ",
)  # fmt: skip
# Expressions of time and figures.
DATES = (
    "May ", "May, ", "in May ", "3 May 2020 ", "Monday ", "Monday and ", "Nov. ", "1/1/", "1/1/2020 ", "12 ", "12:30 ", "1,", "2020-",
    "1990s ", "’90s ", "Q1 ", "last week ", "the year before ", "two days ago ", "the end of ", "from 3 to 4 ", "twenty-one ",
    "Christmas ", "10 a.m. ", "half ", "every ", "days ", "the the the ", "next day ", "twenty-", "right now ", "of the end ", "12:30:", "2023-11-",
    "- - -", "a few ", "the day before ", "of that year's third quarter ",
)  # fmt: skip
# Marks, blanks, other scripts, and characters that are not seen.
MARKS = (
    "(", ")", "[", ", ", ". ", "- ", "–", "… ", "\n", " ", "\t", "\xa0", "\u3000", "a\n", "a", "A", "1", "and ", "😀", "👩‍👩‍👧", "Привет ",
    "Привет, Анна сказала. ", "Donaudampfschifffahrtsgesellschaftskapitän ", "قال ", "中文。", "\u200b", "\u00ad", "\u202e",
    "e\u0301", "\u0301", "İ", "ß", "<p>", "&amp;", "http://a.example/b ", "\x00", "\r\n", "\u2028",
)  # fmt: skip
PIECES = (*NAMES, *STATEMENTS, *DATES, *MARKS)
# Of these, each pair is tried in turn.
PAIRED = ("May ", "Ann, ", "1/1/", '"', "'", "said ", "(")
# In other languages.
FOREIGN = (
    "„a“, ", "sagte ", "sagte: ", "„a b c d“ ", "der ", "Der Rat der ", ", Ana ", "– A, sagte ", "– A, sagte Bo. ", "a-t-il ", "laut der ", "hat ",
    "und Ana ", "Ana ", "am 3. Mai ",
)  # fmt: skip


def repeated(piece, chars):
    """Return a text of `chars` characters that says `piece` again and again."""
    return (piece * (chars // len(piece) + 1))[:chars]
