"""The authors of an article, chosen from the bylines that its page states."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from transforms.cleaning.blocks import key_of
from transforms.cleaning.bylines import Bylines, plain_byline, read_byline
from transforms.cleaning.person_names import distinct_names, full_names, has_name, is_full, name_key

MAX_BYLINE_CHARS = 4_000  # of all bylines of one source; 150 names are not longer
_BLANKS = re.compile(r"[ \xa0]{2,}")


@dataclass(frozen=True, slots=True)
class _Source:
    """What the bylines of one source name.

    Attributes:
        people: People, if the first one named is a person; `is_led` says so.
        stated: Organizations that are a whole byline.
        inside: Organizations beside other names.
    """

    people: list[str]
    is_led: bool
    stated: list[str]
    inside: list[str]


def choose_authors(
    sources: Iterable[Sequence[str]],
    bylines: Bylines,
    sites: frozenset[str],
    *,
    search: Callable[[], Iterable[Sequence[str]]] = tuple,
) -> tuple[str, ...]:
    """Return the authors from the first source that names people.

    A later source counts if it names the same people and more: some sources only have the
    first author.

    Args:
        sources: Bylines by source, most trusted first.
        bylines: The words used in bylines.
        sites: Keys of the site's own names, which are not authors.
        search: Returns more bylines; called if the sources name no person.

    Returns:
        The people, without agencies and the site's own name; if no source names anybody,
        the agencies, otherwise the first organization that claims the article.
    """
    chosen: list[str] = []
    organizations: list[str] = []

    def all_sources() -> Iterator[Sequence[str]]:
        yield from sources
        if not has_name(chosen):
            yield from search()

    for stated in all_sources():
        source = _read_source(stated, bylines, sites)
        organizations += source.stated
        # One word from a less trusted source is more often a label than an author.
        is_weak = bool(organizations) and not any(map(is_full, source.people))
        organizations += source.inside
        is_first = not has_name(chosen) and not is_weak
        if is_first or (source.is_led and _adds_people(chosen, source.people, bylines)):
            chosen = source.people or chosen
    if chosen:
        return tuple(chosen)
    agencies: dict[str, str] = {}
    for name in organizations:
        if name.casefold() in bylines.agencies:
            agencies.setdefault(bylines.agencies[name.casefold()], name)
    return tuple(agencies.values()) or tuple(organizations[:1])


def _read_source(source: Sequence[str], bylines: Bylines, sites: frozenset[str]) -> _Source:
    # ", The Herald" lacks the name
    stated = [byline for byline in _limited(source) if not byline.startswith(",")]
    plain = [plain_byline(byline, bylines) for byline in stated]
    read = [
        read_byline(byline, bylines)
        for byline in stated
        if key_of(byline).lower() not in sites or is_known_person(byline, bylines)
    ]
    others = {name_key(name) for byline in read for name in byline.others}
    names = [name for byline in read for name in byline.authors if name_key(name) not in others]
    people = [name for name in names if not _is_organization(name, bylines, sites)]
    return _Source(
        people=distinct_names(full_names(people)),
        is_led=bool(names) and not _is_organization(names[0], bylines, sites),
        stated=[text for text in plain if _is_organization(text, bylines, sites)],
        inside=[name for name in names if _is_organization(name, bylines, sites)],
    )


def _limited(source: Sequence[str]) -> Iterator[str]:
    """Yield the bylines of a source with single blanks, `MAX_BYLINE_CHARS` in total.

    The last one is cut at a blank.
    """
    left = MAX_BYLINE_CHARS
    for byline in source:
        written = _BLANKS.sub(" ", byline[: 2 * MAX_BYLINE_CHARS])
        if len(written) > left:
            yield written[:left].rpartition(" ")[0]
            return
        yield written
        left -= len(written) + 1


def _adds_people(chosen: Sequence[str], people: Sequence[str], bylines: Bylines) -> bool:
    """Return whether `people` are those chosen and others with full names."""
    known = {name_key(name) for name in chosen}
    added = [name for name in people if name_key(name) not in known]
    return 0 < len(known) < len(people) == len(added) + len(known) and all(
        is_full(name) and not bylines.offices.is_modified(name) for name in added
    )


def is_known_person(name: str, bylines: Bylines) -> bool:
    """Return whether a name of two or three words starts with a known given name."""
    words = name.split()
    is_plain = len(words) in {2, 3} and all(word[:1].isupper() for word in words)
    return is_plain and words[0] in bylines.given and words[-1].lower() not in bylines.organization


def _is_organization(name: str, bylines: Bylines, sites: frozenset[str]) -> bool:
    if name.casefold() in bylines.agencies:
        return True
    if key_of(name).lower() in sites:
        return not is_known_person(name, bylines)
    words = name.lower().split()
    is_vague = name.lower() in bylines.no_name or (
        words[:1] and words[0] in bylines.offices.unnamed
    )
    if len(words) < 2 or is_vague or words[0] in bylines.action:
        return False
    return words[-1] in bylines.organization or (
        words[0] in bylines.no_name and words[0] in bylines.organization
    )
