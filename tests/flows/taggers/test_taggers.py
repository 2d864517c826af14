"""A trained model finds the spans; the other steps stay the same."""

import importlib
import importlib.util
import subprocess
import sys
from types import SimpleNamespace

import orjson
import pytest

from flows.errors import SettingsError
from flows.settings import read_settings
from flows.taggers.choices import load_taggers, read_choices
from flows.taggers.slovnet_models import SlovnetTagger
from flows.taggers.spacy_models import SpacyTagger

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
    meta = {"lang": "en", "name": "news", "version": "3.8.0"}  # noqa: RUF012

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
    assert named(load_taggers(f"en=spacy:{tmp_path / 'model'}")["en"]) == EXPECTED


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
            "ONRECORD_TAGGERS": f"en=spacy:{tmp_path / 'model'}",
        },
    )
    mentions = orjson.loads(run.stdout)["mentions"]
    assert [(m["text"], m["entity"]) for m in mentions] == [("NATO", "NATO"), ("Alliance", "NATO")]


@needs_spacy
def test_missing_model_names_the_command_that_installs_it():
    with pytest.raises(SettingsError, match="python -m spacy download no_such_model"):
        load_taggers("en=spacy:no_such_model")


def test_missing_spacy_names_the_command_that_installs_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "spacy", None)
    with pytest.raises(SettingsError, match=r"pip install 'onrecord\[spacy\]'"):
        load_taggers("en=spacy:en_core_web_sm")


def test_missing_slovnet_names_the_command_that_installs_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "slovnet", None)
    with pytest.raises(SettingsError, match=r"pip install 'onrecord\[slovnet\]'"):
        load_taggers("ru=slovnet")


def test_slovnet_reads_all_paragraphs_and_keeps_their_places():
    class Ner:
        def map(self, texts):
            for text in texts:
                start = text.find("Иванов")
                span = SimpleNamespace(start=start, stop=start + 6, type="PER")
                yield SimpleNamespace(spans=[span] if start >= 0 else [])

    text = "Порт закрыт.\nЕго закрыл Иванов."
    assert SlovnetTagger(Ner(), "slovnet news")(text) == [(24, 30, "person")]
    assert text[24:30] == "Иванов"


def test_rules_are_the_default(tmp_path):
    assert read_settings(data=tmp_path).taggers == ""


@pytest.mark.parametrize(
    "setting", ["german=spacy:news", "de=spacy", "de", "de=guess:news", "de=slovnet, de=spacy:news"]
)
def test_setting_that_names_no_model_is_refused(setting, monkeypatch):
    monkeypatch.setenv("ONRECORD_TAGGERS", setting)
    with pytest.raises(SettingsError, match="taggers"):
        read_settings()


def test_each_language_has_its_own_model():
    choices = read_choices("de=spacy:/models/de, ru=slovnet")
    assert [(one.language, one.model) for one in choices] == [("de", "/models/de"), ("ru", "")]
