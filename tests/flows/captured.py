"""What an archive file holds, for tests that expect no damage in it."""

from flows.archive.reader import read_captures
from flows.errors import ArchiveError


def captures_of(path, **given):
    """Return records and captures of a file; a damaged one fails the test."""
    found = list(read_captures(path, **given))
    assert not any(isinstance(item, ArchiveError) for item in found)
    return [item for item in found if not isinstance(item, ArchiveError)]
