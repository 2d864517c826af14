"""Who may read what onrecord writes: its owner, and the group if the settings say so.

A command that writes to the data folder sets the umask when it starts. Modes of files that exist
are never changed; `onrecord doctor` says which ones others can read. Commands that write files
for their user, such as `export`, leave the umask as it is.
"""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Iterator
from pathlib import Path

from warehouse.folder import DataFolder

_PRIVATE = 0o077
_GROUP = 0o027


def keep_private() -> None:
    """Let only the owner read files that this process and its children make from now on."""
    os.umask(_PRIVATE | os.umask(_PRIVATE))


def share_with_group() -> None:
    """Let the group read new files, if `keep_private` was called; otherwise nothing changes."""
    before = os.umask(_PRIVATE)
    os.umask(_GROUP if before == _PRIVATE else before)


def find_readable(folder: DataFolder, *, is_shared: bool) -> Iterator[str]:
    """Yield what other users can read, one line each with the command that changes it.

    Args:
        folder: The data folder. Where others cannot enter it, only files with secrets count.
        is_shared: Whether its group may read it.
    """
    allowed, command = (0o750, "chmod -R g-w,o=") if is_shared else (0o700, "chmod -R go=")
    root = _mode(folder.root) & ~allowed
    if root:
        yield _line([folder.root], command)
    private = (
        folder.feed_list,
        folder.secrets,
        folder.masked_values,
        folder.settings_file,
        folder.tokens,
    )
    if found := [path for path in private if _mode(path) & 0o077]:
        yield _line(found, "chmod 600")


def _mode(path: Path) -> int:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return 0


def _line(paths: list[Path], command: str) -> str:
    names = " ".join(map(shlex.quote, map(str, paths)))
    return f"readable by other users: {names}: run `{command} {names}`"
