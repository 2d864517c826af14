"""A tool: what an assistant may call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flows.assistant.answers import Answer, Told
from flows.assistant.arguments import Arguments
from flows.assistant.library import Call
from flows.web.scopes import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """What an assistant may call; it only reads.

    Attributes:
        name: Its name.
        title: Its name for people.
        description: What it does and when to call it.
        arguments: The model of its arguments.
        content: The model of its structured content.
        run: Makes the answer.
        scope: What the caller must be allowed to do.
    """

    name: str
    title: str
    description: str
    arguments: type[Arguments]
    content: type[Answer]
    run: Callable[[Call, Any], Told]
    scope: Scope = Scope.READ
