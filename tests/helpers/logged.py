"""The log of a test, as the lines that a user would see."""

import contextlib
import io
import json
import logging

from flows.logs import LOGGER, start_logs


@contextlib.contextmanager
def log_restored():
    """Undo what a command sets for the log of the test process."""
    handlers, level, propagate = LOGGER.handlers[:], LOGGER.level, LOGGER.propagate
    is_raising = logging.raiseExceptions
    try:
        yield
    finally:
        logging.raiseExceptions = is_raising
        LOGGER.handlers[:], LOGGER.propagate = handlers, propagate
        LOGGER.setLevel(level)


@contextlib.contextmanager
def logged(log_format="json", log_level="debug", **more):
    """Yield standard error, with the log shown on it."""
    shown = io.StringIO()
    with log_restored(), contextlib.redirect_stderr(shown):
        start_logs(log_format, log_level, **more)
        yield shown


def lines(shown):
    return [json.loads(line) for line in shown.getvalue().splitlines()]


def named(shown, event):
    return [line for line in lines(shown) if line["event"] == event]
