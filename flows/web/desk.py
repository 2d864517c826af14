"""What the pages of one server share: states that are kept between requests."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Final

from starlette.requests import Request

from flows.runs.live_runs import LiveRuns
from flows.runs.started import StartedCommands
from flows.settings import Settings
from flows.web.feed_board import FeedBoard
from flows.web.query_readers import QueryReaders
from flows.web.snapshots import Snapshots

_TRIALS: Final = 2  # feeds that are tried at a time; each starts a process


@dataclass(frozen=True, slots=True)
class Desk:
    """What the pages of one server share.

    Attributes:
        board: The states of the feeds.
        commands: The commands that the pages have started.
        live: The runs that the newest snapshot may not know yet.
        readers: The processes that run the queries of readers.
        trials: Limits how many feeds are tried at a time.
    """

    board: FeedBoard
    commands: StartedCommands
    live: LiveRuns
    readers: QueryReaders
    trials: threading.BoundedSemaphore = field(
        default_factory=lambda: threading.BoundedSemaphore(_TRIALS)
    )


def new_desk(settings: Settings, snapshots: Snapshots) -> Desk:
    """Return the desk of a new server."""
    return Desk(
        FeedBoard(settings.folder, snapshots),
        StartedCommands(settings),
        LiveRuns(settings.folder),
        QueryReaders(settings),
    )


def desk_of(request: Request) -> Desk:
    """Return the desk of the server that answers a request."""
    desk: Desk = request.app.state.desk
    return desk
