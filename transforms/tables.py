"""The shape in which seed tables reach the transforms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Row = Mapping[str, str]
Tables = Mapping[str, Sequence[Row]]
