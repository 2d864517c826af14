"""The log of a test, as the lines that a user would see."""

import contextlib
import io
import json

from flows.logs import LOGGER, start_logs


@contextlib.contextmanager
def logged(log_format="json", log_level="debug", **more):
    """Yield standard error, with the log shown on it."""
    shown = io.StringIO()
    handlers, level, propagate = LOGGER.handlers[:], LOGGER.level, LOGGER.propagate
    try:
        with contextlib.redirect_stderr(shown):
            start_logs(log_format, log_level, **more)
            yield shown
    finally:
        LOGGER.handlers[:], LOGGER.propagate = handlers, propagate
        LOGGER.setLevel(level)


def lines(shown):
    return [json.loads(line) for line in shown.getvalue().splitlines()]


def named(shown, event):
    return [line for line in lines(shown) if line["event"] == event]
