"""Statements in a sentence: a verb of speech or attitude, its source and its content.

Each sentence is read once. The words around an inserted attribution ("..., the ministry
said, ...") come first, then `according to`, then the verbs from left to right; a verb
within the content of another is part of that content. Frames are data in the seeds.
"""

from __future__ import annotations

from dataclasses import replace

from transforms.quoting.acts import only_names
from transforms.quoting.boundaries import content_end, opens_sentence
from transforms.quoting.clauses import Content, Statement, content_after
from transforms.quoting.insertions import find_according, find_credit, find_inserted, find_turn
from transforms.quoting.noun_phrases import Phrase, is_noun_like, phrase_end
from transforms.quoting.sources import source_kind
from transforms.quoting.speech import Cue
from transforms.quoting.stances import find_stance
from transforms.quoting.subjects import (
    last_subject,
    sentence_subject,
    subject_before,
    verb_group_start,
)
from transforms.quoting.tokens import (
    ADVERB,
    AUXILIARY,
    BASE,
    BE,
    CAPITAL,
    COORDINATOR,
    CUE,
    ED,
    ING,
    PREPOSITION,
    QUOTED,
    STANCE,
    SUBJECT,
    SUBORDINATOR,
    VERB,
    WH,
    Sentence,
    Tokens,
    kinds_in,
)
from transforms.quoting.verbs import is_verb

_RELATIVE = {"who", "which", "that"}
_ATTRIBUTING = CUE | STANCE


def may_state(tokens: Tokens, first: int, last: int) -> bool:
    """Return whether a sentence has a word or a colon that can attribute a statement."""
    return bool(kinds_in(tokens, first, last) & _ATTRIBUTING) or ":" in tokens.words[first:last]


def find_statements(sentence: Sentence) -> list[Statement]:
    """Return the statements of a sentence, in reading order."""
    tokens, first, last = sentence.tokens, sentence.first, sentence.last
    has_colon = ":" in tokens.words[first:last]
    turn = (find_turn(sentence) or find_credit(sentence)) if has_colon else None
    if turn:
        return [turn]
    found = _with_verbs(sentence) if kinds_in(tokens, first, last) & _ATTRIBUTING else []
    return found or (_colon_quote(sentence) if has_colon else [])


def _with_verbs(sentence: Sentence) -> list[Statement]:
    """Return the statements that a verb of speech or attitude attributes, in reading order."""
    found: list[Statement] = []
    starts = _quoting_clauses(sentence)
    inserted = find_inserted(sentence)
    position = sentence.first
    if inserted:
        found.append(inserted)
        position = _end(inserted)
    kinds = sentence.tokens.kinds
    for i in [k for k in range(position, sentence.last) if kinds[k] & _ATTRIBUTING]:
        if i < position:  # part of the statement before
            continue
        statement = _before_next(sentence, starts, i, found)
        if statement is None:
            continue
        if statement.frame == "according":  # contains the statements read before it
            found = [earlier for earlier in found if _is_apart(statement, [earlier])]
        if _is_apart(statement, found):
            found.append(statement)
        position = max(i + 1, _end(statement))
    return found


def find_reported(sentence: Sentence, outer: Statement) -> list[Statement]:
    """Return the statements that a statement reports ("Holm said Ruiz had promised to pay").

    Only those with a named source of their own count, because the words before a verb of
    speech are seldom clear inside another statement.
    """
    if outer.frame not in {"clause", "bare", "quote"} or len(outer.pieces) != 1:
        return []
    first, last = outer.pieces[0]
    if not kinds_in(sentence.tokens, first, last) & CUE:
        return []
    if first < sentence.first or last > sentence.last:
        return []
    if sentence.tokens.words[first] == "that":
        first += 1
    found = find_statements(replace(sentence, first=first, last=last, is_fronted=False))
    for statement in found:
        statement.outer = outer
    return [statement for statement in found if _is_clearly_own(sentence.tokens, statement)]


def _is_clearly_own(tokens: Tokens, statement: Statement) -> bool:
    """Return whether a reported statement has a source, and words that are a sentence."""
    if statement.source is None or statement.frame not in {"clause", "quote", "bare", "inf"}:
        return False
    start, end = statement.pieces[0]
    return end - start > 1 or not tokens.kinds[start] & QUOTED or opens_sentence(tokens, start)


def _quoting_clauses(sentence: Sentence) -> list[int]:
    """Return where clauses begin that introduce a quotation ("..., she replied: “...”")."""
    tokens, first, last = sentence.tokens, sentence.first, sentence.last
    starts = []
    for mark in [k for k in range(first + 2, last) if tokens.kinds[k] & QUOTED]:
        if not opens_sentence(tokens, mark):
            continue
        i = mark - 2 if tokens.words[mark - 1] in {",", ":"} else mark - 1
        cue = sentence.cue(i) if i > first else None
        if not cue or "quote" not in cue.frames:
            continue
        start = verb_group_start(tokens, i, first)
        if cue.shape != "ing":
            source = subject_before(tokens, start, first)
            start = source[0] if source else first
        if start > first:
            starts.append(start)
    return starts


def _before_next(
    sentence: Sentence, starts: list[int], i: int, found: list[Statement]
) -> Statement | None:
    """Return the statement at token `i`; it ends before a clause that introduces a quotation.

    What somebody is said to have said stays part of a content clause ("She recalled that
    her father told her, “...”").
    """
    statement = _statement_at(sentence, i, found)
    if statement is None or only_names(sentence.tokens, statement, sentence.speech):
        return None
    start = next((start for start in starts if i < start < _end(statement)), None)
    if start is None or (statement.frame == "clause" and not sentence.is_fronted):
        return statement
    return _statement_at(replace(sentence, last=start), i, found)


def _is_apart(statement: Statement, found: list[Statement]) -> bool:
    """Return whether a statement shares no word with earlier ones."""
    taken = max((end for earlier in found for _, end in earlier.pieces), default=0)
    return all(start >= taken for start, _ in statement.pieces)


def _end(statement: Statement) -> int:
    return max(statement.cue[1], *(end for _, end in statement.pieces), 0)


def _statement_at(sentence: Sentence, i: int, found: list[Statement]) -> Statement | None:
    if sentence.tokens.words[i] == "according":
        return find_according(sentence, i)
    cue = sentence.cue(i)
    statement = _read_verb(sentence, i, cue, found) if cue else None
    if statement is None and sentence.tokens.kinds[i] & STANCE:
        statement = find_stance(sentence, i)
    return statement


def _colon_quote(sentence: Sentence) -> list[Statement]:
    """Read "Her answer was blunt: “No.”", which has no verb of speech."""
    tokens = sentence.tokens
    for i in range(sentence.first + 1, sentence.last - 1):
        if tokens.words[i] != ":" or not tokens.kinds[i + 1] & QUOTED:
            continue
        if opens_sentence(tokens, i + 1):
            source = last_subject(tokens, sentence.first, i)
            return [Statement([(i + 1, i + 2)], source, (i, i + 1), "colon")] if source else []
    return []


def _read_verb(sentence: Sentence, i: int, cue: Cue, earlier: list[Statement]) -> Statement | None:
    tokens, first = sentence.tokens, sentence.first
    group = verb_group_start(tokens, i, first)
    source = _subject(sentence, (group, i), cue, earlier)
    if not is_verb(tokens, i, cue, source):
        return None
    is_passive = cue.shape == "past" and any(tokens.kinds[k] & BE for k in range(group, i))
    content = content_after(sentence, i + 1, cue) or _relative_content(sentence, i + 1, cue, source)
    if is_passive:
        return _passive(sentence, (group, i + 1), cue, source, content)
    if content is None:
        return _before_colon(sentence, (group, i + 1), cue, source)
    if "seem" in cue.frames:
        if source is None or content.frame != "inf":
            return None
        inner = _inner_cue(sentence, content, (group, source))
        if inner:
            return inner
        return Statement([source, (content.start, content.end)], None, (group, i + 1), "seem")
    if source is None and _is_reduced(sentence, i):
        agent = _agent(sentence, i + 1)
        return Statement([(content.start, content.end)], agent, (group, i + 1), "passive")
    source = source or _inherited(tokens, group, first, earlier)
    if source is None and cue.shape != "ing":
        return None
    source = source or _later_subject(sentence, content.end)
    piece = (content.start, _within_insertion(sentence, group, source, content))
    return Statement([piece], source, (group, content.cue_end), content.frame)


def _subject(sentence: Sentence, verb: Phrase, cue: Cue, earlier: list[Statement]) -> Phrase | None:
    """Return the subject of a verb; for ", saying ..." that of the main clause."""
    tokens, first, (group, i) = sentence.tokens, sentence.first, verb
    source = subject_before(tokens, group, first)
    if cue.shape == "ing" and group > first:
        is_apart = tokens.words[group - 1] == "," or (
            source and group == i and cue.lemma != "read" and not _carries(sentence, source)
        )
        if is_apart:
            return (
                _inherited(tokens, group, first, earlier)
                or source
                or subject_before(tokens, group - 1, first)
            )
    if source is None and _is_set_off(sentence, group, i):
        return subject_before(tokens, group - 1, first)
    return source


def _carries(sentence: Sentence, source: Phrase) -> bool:
    """Return whether the noun before a participle can carry words ("a letter saying ...")."""
    tokens, start = sentence.tokens, source[0]
    before = tokens.words[start - 1] if start > sentence.first else ""
    if before in {"at", "with"}:  # "at one point calling", "with the mayor saying"
        return before == "with"
    finite = AUXILIARY | VERB | ED | CUE
    if not any(tokens.kinds[k] & finite for k in range(sentence.first, start)):
        return True
    if source_kind(tokens, source, sentence.speech) != "document":
        return False
    main = last_subject(tokens, sentence.first, start)  # who sent the letter speaks in it
    return main is None or source_kind(tokens, main, sentence.speech) is None


def _inner_cue(sentence: Sentence, content: Content, outer: tuple[int, Phrase]) -> Statement | None:
    """Read "seemed to deny ..." and "is expected to say ..." as the second verb's."""
    i = content.start + 1
    cue = sentence.cue(i) if i < sentence.last else None
    if content.frame != "inf" or not cue or cue.shape != "base":
        return None
    inner = content_after(sentence, i + 1, cue)
    if inner is None:
        return None
    return Statement([(inner.start, inner.end)], outer[1], (outer[0], inner.cue_end), inner.frame)


def _is_set_off(sentence: Sentence, group: int, i: int) -> bool:
    """Return whether a stray comma parts a subject from "said" ("Cole (Lab.), said, “...”")."""
    tokens = sentence.tokens
    if group - 1 <= sentence.first or tokens.words[group - 1] != "," or i + 1 >= sentence.last:
        return False
    return bool(tokens.kinds[i + 1] & QUOTED) or tokens.words[i + 1] in {",", ":"}


def _is_reduced(sentence: Sentence, i: int) -> bool:
    """Return whether a verb opens "Asked whether ..." or "When told that ..."."""
    before = i - 1
    if before >= sentence.first and not sentence.tokens.kinds[before] & SUBORDINATOR:
        return False
    cue = sentence.cue(i)
    return bool(cue and cue.shape == "past" and cue.frames & {"hearer", "urge"})


def _agent(sentence: Sentence, i: int) -> Phrase | None:
    """Return who asks in "Asked by Ruiz whether ..."."""
    tokens = sentence.tokens
    while i < sentence.last and tokens.kinds[i] & ADVERB:
        i += 1
    if i + 1 >= sentence.last or tokens.words[i] != "by":
        return None
    end = phrase_end(tokens, i + 1, sentence.last)
    return (i + 1, end) if end > i + 1 else None


def _relative_content(
    sentence: Sentence, i: int, cue: Cue, source: Phrase | None
) -> Content | None:
    """Return "was careless" in "an answer which the report said was careless"."""
    tokens = sentence.tokens
    if source is None or source[0] == sentence.first or i >= sentence.last:
        return None
    is_relative = tokens.kinds[source[0] - 1] & WH or tokens.words[source[0] - 1] == "that"
    if not is_relative or "clause" not in cue.frames or not tokens.kinds[i] & AUXILIARY:
        return None
    end = content_end(sentence, i)
    return Content(i, end, "clause", i) if end > i else None


def _before_colon(
    sentence: Sentence, verb: Phrase, cue: Cue, source: Phrase | None
) -> Statement | None:
    """Read "The mayor added:" at the end of a paragraph: its content follows."""
    ends = sentence.tokens.words[sentence.last - 1] == ":"
    if source is None or not ends or not cue.frames & {"quote", "clause"}:
        return None
    return Statement([], source, verb, "colon")


def _passive(
    sentence: Sentence, verb: Phrase, cue: Cue, subject: Phrase | None, content: Content | None
) -> Statement | None:
    tokens, after = sentence.tokens, verb[1]
    if subject is None:
        return None
    if after < sentence.last and tokens.words[after] == "by" and "np" in cue.frames:
        end = phrase_end(tokens, after + 1, sentence.last)
        return Statement([subject], (after + 1, end), verb, "passive")
    if "raised" not in cue.frames or content is None:
        return None
    inner = _inner_cue(sentence, content, (verb[0], subject))
    if inner and "hearer" not in cue.frames:
        return inner
    pieces = [subject, (content.start, content.end)]
    if tokens.words[subject[0]] == "it" and content.frame == "clause":
        pieces = pieces[1:]
    return Statement(pieces, None, (verb[0], content.cue_end), "passive")


def _within_insertion(
    sentence: Sentence, group: int, source: Phrase | None, content: Content
) -> int:
    """Return the end of a content inside "..., who speaks for the guild, said ..."."""
    tokens = sentence.tokens
    is_ing = bool(tokens.kinds[group] & ING)
    start = group if is_ing or source is None else source[0]
    is_relative = is_ing or bool(tokens.kinds[start] & WH)
    follows_comma = start > sentence.first and tokens.words[start - 1] == ","
    is_plain = content.frame in {"bare", "preposition"} and not follows_comma
    if is_plain and tokens.words[start] in _RELATIVE:
        return _before_main_verb(tokens, content)
    if is_relative and follows_comma:
        for k in range(content.start + 1, content.end - 1):
            following = tokens.kinds[k + 1]
            if tokens.words[k] == "," and following & (AUXILIARY | VERB | ED | CUE):
                return content.end if following & (ING | BASE) else k
    return content.end


def _before_main_verb(tokens: Tokens, content: Content) -> int:
    """Return the end of a content in "the agency that approves medicines wants ..."."""
    for k in range(content.start + 1, content.end):
        kind = tokens.kinds[k]
        if kind & (WH | SUBORDINATOR) or tokens.words[k] == "that":
            return content.end
        is_finite = kind & AUXILIARY or (kind & CUE and not kind & (BASE | ING | ED))
        if is_finite and is_noun_like(tokens, k - 1) and not tokens.kinds[k - 1] & SUBJECT:
            return k
    return content.end


def _later_subject(sentence: Sentence, comma: int) -> Phrase | None:
    """Return the subject after a fronted participle ("After denying it, Ruiz left")."""
    tokens, last = sentence.tokens, sentence.last
    if comma + 2 >= last or tokens.words[comma] != ",":
        return None
    end = phrase_end(tokens, comma + 1, last)
    is_subject = end < last and tokens.kinds[end] & (AUXILIARY | VERB | ED | CUE | ADVERB)
    return (comma + 1, end) if is_subject and end > comma + 1 else None


def _inherited(tokens: Tokens, group: int, first: int, earlier: list[Statement]) -> Phrase | None:
    """Return the subject that a verb shares with another verb."""
    for statement in reversed(earlier):
        if statement.source:
            return statement.source
    if group > first and tokens.kinds[group - 1] & (ED | VERB | AUXILIARY):
        return None
    found = last_subject(tokens, first, group)
    if found and group > first and tokens.kinds[group - 1] & COORDINATOR:
        return _main_subject(tokens, found, first, group)
    return found


def _main_subject(tokens: Tokens, found: Phrase, first: int, group: int) -> Phrase:
    """Return the subject of the sentence for "and said", unless `found` is that of a clause."""
    if found[0] == first or not tokens.kinds[found[0] - 1] & (COORDINATOR | PREPOSITION):
        return found
    main = sentence_subject(tokens, first, group)
    return main if main and tokens.kinds[main[1] - 1] & CAPITAL else found
