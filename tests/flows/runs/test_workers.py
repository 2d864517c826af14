"""A page that kills or stalls its worker is refused; the batch continues."""

import errno
import os
import shutil
import signal
import time

import pytest

from flows import pool
from flows.errors import MachineError, SeedError, WorkersError
from flows.runs.workers import WorkerOptions, Workers
from flows.seeds import seeds_dir
from tests.helpers.builders import make_document
from transforms import pipeline
from transforms.records import Analysis, Rejection

PROSE = "The harbour opened on Monday.\n" + "Ferries ran again after the strike. " * 10


def misbehave(document, lexicon, *, now):
    """Stand in for the analysis and do what the document says."""
    content = str(document.content)
    if content == "hang":
        time.sleep(60)
    elif content == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    elif content == "bug":
        raise KeyError(content)
    elif content == "memory":
        bytearray(40_000_000_000)
    elif content == "greedy":  # as libraries do that replace the error by one of theirs
        raise ValueError(content) from MemoryError()
    elif content == "disk":
        raise OSError(errno.ENOSPC, "No space left on device")
    elif content == "library":
        raise ImportError("libxml2.so.2: file too short")
    return Rejection(item=content, stage="clean", reason="fine")


@pytest.fixture
def hostile_workers(monkeypatch):
    """Return a pool forked from this process, so that it uses the stand-in."""
    monkeypatch.setattr(pipeline, "analyse", misbehave)
    monkeypatch.setattr(pool, "START_METHOD", "fork")
    with Workers(WorkerOptions(processes=1, deadline_s=3.0)) as hostile:
        yield hostile


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # only this test forks while threads run
def test_bad_page_is_refused_and_the_others_are_analysed(hostile_workers, now):
    documents = [
        make_document(c) for c in ("a", "hang", "b", "die", "c", "bug", "memory", "greedy", "d")
    ]
    reasons = [outcome.reason for _, outcome in hostile_workers.analyse(documents, now=now)]
    assert reasons == [
        "fine", "extract_timeout", "fine", "extract_crash", "fine",
        "extract_error", "extract_memory", "extract_memory", "fine",
    ]  # fmt: skip


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(
    ("content", "cause"),
    [("disk", "No space left on device"), ("library", "file too short")],
)
def test_page_is_not_blamed_for_the_machine(hostile_workers, now, content, cause):
    found = hostile_workers.analyse([make_document(c) for c in ("a", content, "b")], now=now)
    assert next(found)[1].reason == "fine"
    with pytest.raises(MachineError, match=cause):
        next(found)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("end", ["memory", "die", "bug"])
def test_no_page_is_refused_if_even_a_plain_one_is_lost(monkeypatch, now, end):
    lost = make_document(end)
    monkeypatch.setattr(
        pipeline, "analyse", lambda _, lexicon, *, now: misbehave(lost, lexicon, now=now)
    )
    monkeypatch.setattr(pool, "START_METHOD", "fork")
    with (
        Workers(WorkerOptions(processes=1)) as hostile,
        pytest.raises((MachineError, WorkersError), match=r"small known page|cannot start"),
    ):
        list(hostile.analyse([make_document("a")], now=now))


def test_documents_are_returned_in_order(now):
    documents = [make_document(f"Headline {i}\n{PROSE}", media_type="text") for i in range(40)]
    with Workers(WorkerOptions(processes=2)) as pool:
        found = list(pool.analyse(documents, now=now))
    assert [document for document, _ in found] == documents
    assert all(isinstance(outcome, Analysis) for _, outcome in found)


def test_broken_word_list_is_reported_by_name(tmp_path, now):
    folder = tmp_path / "seeds"
    shutil.copytree(seeds_dir(), folder, ignore=shutil.ignore_patterns("articles"))
    (folder / "languages" / "en" / "cues.csv").write_text("cue,frame\nsaid\n")
    with (
        Workers(WorkerOptions(processes=1, seeds=folder)) as pool,
        pytest.raises(SeedError, match=r"cues\.csv, line 2, column cue"),
    ):
        list(pool.analyse([make_document("x")], now=now))


def crash_on_request(text, _lexicon):
    """Stand in for the work on one of several small items."""
    if text == "crash":
        os._exit(7)
    return text.encode()


def test_item_that_kills_its_worker_does_not_affect_others():
    with Workers(WorkerOptions(processes=1)) as pool:
        found = list(
            pool.each(crash_on_request, ["one", "crash", "two"], item_of=str.upper, at_once=3)
        )
    assert [item for item, _ in found] == ["one", "crash", "two"]
    outcomes = [outcome for _, outcome in found]
    assert outcomes[::2] == [b"one", b"two"]
    assert (outcomes[1].item, outcomes[1].reason) == ("CRASH", "extract_crash")
