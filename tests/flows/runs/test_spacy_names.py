"""spaCy finds the spans; the other steps stay the same."""

import importlib
import importlib.util
import subprocess
import sys

import orjson
import pytest

from flows.errors import SettingsError
from flows.runs.spacy_names import SpacyTagger, load_tagger
from flows.settings import read_settings

has_spacy = importlib.util.find_spec("spacy") is not None
needs_spacy = pytest.mark.skipif(not has_spacy, reason="spaCy is not installed")

PATTERNS = [
    {"label": "PERSON", "pattern": "Oda Vestergaard"},
    {"label": "ORG", "pattern": "the Harbor Union"},
    {"label": "GPE", "pattern": "Eckernholm's"},
    {"label": "NORP", "pattern": "Danish"},
    {"label": "DATE", "pattern": "Tuesday"},
]
TEXT = "Oda Vestergaard met the Harbor Union.\nEckernholm's Danish crews sail on Tuesday."


class Found:
    """Stands in for an entity that spaCy returns."""

    def __init__(self, text, start_char, label):
        self.text, self.start_char, self.label_ = text, start_char, label


class Paragraph:
    def __init__(self, text):
        self.ents = [
            Found(pattern["pattern"], text.index(pattern["pattern"]), pattern["label"])
            for pattern in PATTERNS
            if pattern["pattern"] in text
        ]


class Pipeline:
    """Stands in for a spaCy pipeline and counts its calls."""

    calls = 0

    def pipe(self, texts, *, batch_size):
        self.calls += 1
        assert batch_size > 1
        return [Paragraph(text) for text in texts]


def named(tagger):
    return [(TEXT[start:end], kind) for start, end, kind in tagger(TEXT)]


EXPECTED = [
    ("Oda Vestergaard", "person"),
    ("Harbor Union", "organization"),
    ("Eckernholm", "place"),
]


def test_articles_possessives_and_other_labels_are_left_out():
    assert named(SpacyTagger(Pipeline())) == EXPECTED


def test_model_reads_all_paragraphs_in_one_batch():
    pipeline = Pipeline()
    SpacyTagger(pipeline)(TEXT)
    assert pipeline.calls == 1


@needs_spacy
def test_spacy_pipeline_finds_the_spans(tmp_path):
    spacy = importlib.import_module("spacy")

    pipeline = spacy.blank("en")
    pipeline.add_pipe("entity_ruler").add_patterns(PATTERNS)
    pipeline.to_disk(tmp_path / "model")
    assert named(load_tagger(str(tmp_path / "model"))) == EXPECTED


@needs_spacy
def test_extract_resolves_what_the_model_finds(tmp_path):
    spacy = importlib.import_module("spacy")

    pipeline = spacy.blank("en")
    pipeline.add_pipe("entity_ruler").add_patterns(
        [{"label": "ORG", "pattern": "NATO"}, {"label": "ORG", "pattern": "Alliance"}]
    )
    pipeline.to_disk(tmp_path / "model")
    run = subprocess.run(
        [sys.executable, "-m", "flows", "extract", "-", "--workers", "1"],
        input=orjson.dumps({"id": 1, "text": "NATO met. The Alliance grew in Oslo."}),
        capture_output=True,
        check=True,
        env={
            "PATH": "/usr/bin:/bin",
            "ONRECORD_ENTITIES_BACKEND": "spacy",
            "ONRECORD_SPACY_MODEL": str(tmp_path / "model"),
        },
    )
    mentions = orjson.loads(run.stdout)["mentions"]
    assert [(m["text"], m["entity"]) for m in mentions] == [("NATO", "NATO"), ("Alliance", "NATO")]


@needs_spacy
def test_missing_model_names_the_command_that_installs_it():
    with pytest.raises(SettingsError, match="python -m spacy download no_such_model"):
        load_tagger("no_such_model")


def test_missing_spacy_names_the_command_that_installs_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "spacy", None)
    with pytest.raises(SettingsError, match=r"pip install 'onrecord\[spacy\]'"):
        load_tagger("en_core_web_sm")


def test_rules_are_the_default(tmp_path):
    assert read_settings(data=tmp_path).name_model is None


def test_unknown_backend_is_refused(monkeypatch):
    monkeypatch.setenv("ONRECORD_ENTITIES_BACKEND", "guesses")
    with pytest.raises(SettingsError, match="entities_backend"):
        read_settings()
