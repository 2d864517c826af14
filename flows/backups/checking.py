"""Checking: reads every piece of a backup and compares it with the digests of its manifest."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flows.backups.manifest import Manifest, Piece, manifest_name
from flows.backups.points import read_point
from flows.backups.stores import Store
from flows.errors import BackupError


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """A damaged file of a store.

    Attributes:
        file: Its name in the store.
        problem: What is wrong with it.
        paths: The files of the data folder that need it.
        points: The points that need it, oldest first.
    """

    file: str
    problem: str
    paths: tuple[str, ...]
    points: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedPoints:
    """The points, the number and size of their files in the store, and the damage found."""

    points: tuple[str, ...]
    files: int
    bytes: int
    damage: tuple[Damage, ...]


def check_points(
    store: Store, names: Iterable[str], *, on_bytes: Callable[[int], None] = lambda _: None
) -> CheckedPoints:
    """Read all pieces of some points, each piece once, and return what is damaged.

    Raises:
        BackupError: The store cannot be read, or a newer onrecord wrote it.
    """
    names = tuple(names)
    damage, needed = list[Damage](), dict[str, tuple[Piece, set[str], list[str]]]()
    for point in names:
        try:
            manifest = read_point(store, point)
        except BackupError as exc:
            file = manifest_name(point)
            damage.append(Damage(file=file, problem=exc.problem, paths=(), points=(point,)))
            continue
        _note(manifest, needed)
    for name, (piece, paths, points) in sorted(needed.items()):
        if problem := find_problem(piece, store.read(name)):
            damage.append(
                Damage(file=name, problem=problem, paths=tuple(sorted(paths)), points=tuple(points))
            )
        on_bytes(piece.bytes)
    return CheckedPoints(
        points=names,
        files=len(needed),
        bytes=sum(piece.bytes for piece, _, _ in needed.values()),
        damage=tuple(damage),
    )


def find_problem(piece: Piece, content: bytes | None) -> str | None:
    """Return what is wrong with the content of a piece, None if it is whole."""
    if content is None:
        return "is missing"
    if len(content) != piece.bytes:
        return f"has {len(content):,} bytes, expected {piece.bytes:,}"
    if hashlib.sha256(content).hexdigest() != piece.sha256:
        return "has content that does not match its digest"
    return None


def _note(manifest: Manifest, needed: dict[str, tuple[Piece, set[str], list[str]]]) -> None:
    for file in manifest.files:
        for piece in file.pieces:
            _, paths, points = needed.setdefault(piece.name, (piece, set(), []))
            paths.add(file.path)
            if points[-1:] != [manifest.point]:
                points.append(manifest.point)
