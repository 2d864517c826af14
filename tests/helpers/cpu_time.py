"""Compares the CPU time of two functions, so that a busy machine does not matter."""

import time

ATTEMPTS = 15


def takes_at_most(times, run, baseline, *, slack_s=0.02):
    """Return whether `run` needs at most `times` the CPU time of `baseline`.

    Other processes only make a measurement longer, so the shortest ones count. It is measured
    again until the shortest ones prove it, or 15 times.
    """
    shortest = [float("inf"), float("inf")]
    for _ in range(ATTEMPTS):
        shortest = [
            min(best, cpu_s(one)) for best, one in zip(shortest, (run, baseline), strict=True)
        ]
        if shortest[0] <= times * shortest[1] + slack_s:
            return True
    return False


def cpu_s(run):
    """Return the CPU seconds that a call takes."""
    started = time.process_time()
    run()
    return time.process_time() - started
