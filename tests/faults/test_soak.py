"""Runs in one process leave no memory, files or processes behind."""

import pytest

from tests.faults.soak import growth_of, soak


@pytest.mark.slow
def test_eight_runs_in_one_process_leave_nothing_behind(tmp_path):
    samples = soak(tmp_path, 8, feeds=2, new_each=2, workers=1)
    assert samples[-1].articles == 32
    assert growth_of(samples) == []
