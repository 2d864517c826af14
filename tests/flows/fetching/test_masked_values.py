"""Masked values stay distinct, can be revealed at their host only, and survive their process."""

from __future__ import annotations

import pytest

from flows.fetching.masked_values import MaskedValues, UnknownReferenceError
from flows.secrets import MASK, without_references

ADA, BOB = (f"https://wire.example/feed?u={name}&page=2" for name in ("ada4711", "bob4711"))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "masked_values.jsonl"


def test_addresses_that_differ_in_a_secret_stay_distinct(path):
    masked = MaskedValues(path)
    ada, bob = masked.hide(ADA), masked.hide(BOB)
    assert ada != bob
    assert "ada4711" not in ada
    assert (masked.reveal(ada), masked.reveal(bob)) == (ADA, BOB)
    assert masked.hide(ada) == ada
    assert without_references(ada) == without_references(bob)


def test_login_and_token_in_a_path_come_back(path):
    url = "https://desk:p%40ss@wire.example/token/a3Fk2Ls9QmZ1x7Bv/feed.xml?x=1"
    masked = MaskedValues(path)
    assert masked.reveal(masked.hide(url)) == url


def test_other_process_gives_the_same_reference_and_knows_what_was_kept(path):
    first = MaskedValues(path)
    ada = first.hide(ADA)
    with pytest.raises(UnknownReferenceError):
        MaskedValues(path).reveal(ada)
    first.keep([ada, None, "https://wire.example/plain"])
    second = MaskedValues(path)
    assert second.reveal(ada) == ADA
    assert second.hide(ADA) == ada
    size = path.stat().st_size
    second.keep([ada])
    assert path.stat().st_size == size
    assert path.stat().st_mode & 0o777 == 0o600


def test_reference_counts_only_at_its_host(path):
    masked = MaskedValues(path)
    reference = masked.hide(ADA).partition("u=")[2].partition("&")[0]
    assert reference.startswith(MASK)
    for url in ("https://evil.example/?x=", "https://wire.example.evil.example/?x="):
        with pytest.raises(UnknownReferenceError):
            masked.reveal(url + reference)


def test_line_that_a_full_disk_cut_off_costs_no_other(path):
    first = MaskedValues(path)
    ada, bob = first.hide(ADA), first.hide(BOB)
    first.keep([ada])
    with path.open("ab") as stream:
        stream.write(b'{"host": "wire.exa')
    first.keep([bob])
    assert MaskedValues(path).reveal(ada) == ADA
    assert MaskedValues(path).reveal(bob) == BOB


def test_nothing_is_made_in_a_folder_that_does_not_exist(tmp_path):
    masked = MaskedValues(tmp_path / "data" / "masked_values.jsonl")
    assert masked.reveal(masked.hide(ADA)) == ADA
    assert not list(tmp_path.iterdir())
