"""The type of the seed tables that the transforms receive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Row = Mapping[str, str]
Tables = Mapping[str, Sequence[Row]]
