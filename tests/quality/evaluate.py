"""Extract and score labelled data in place, and print the figures.

`python -m tests.quality.evaluate DIR [WORD ...]`: DIR holds `score.py` and `data/`. With
words, only files whose name contains one of them are scored. Predictions are kept in
`.cache/eval`, so that `score.py --errors` can be run on them.
"""

import gzip
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

CACHE = Path(".cache/eval")
DATA_SUFFIX = ".dev.jsonl.gz"


@dataclass(frozen=True)
class Measure:
    """One figure: the task of `score.py`, the file, and the keys in its output."""

    task: str
    file: str
    keys: tuple[str, ...]

    @property
    def name(self):
        return " ".join(self.keys)


def measures(task, file, *paths):
    return [Measure(task, file, tuple(path.split("/"))) for path in paths]


TEXT_FILES = (
    "extraction",
    "extraction_fundus",
    "extraction_wcxb",
    "metadata_naeb",
    "metadata_fundus",
    "metadata_fundus_other",
)
MEASURES = [
    *(measure for file in TEXT_FILES for measure in measures("text", file, "f1", "p", "r")),
    *measures("metadata", "metadata_fundus", "title/accuracy", "day/accuracy", "authors/f1"),
    *measures("metadata", "metadata_fundus_other", "title/accuracy", "day/accuracy", "authors/f1"),
    *measures("metadata", "metadata_naeb", "title/accuracy", "authors/f1"),
    *measures("metadata", "extraction_wcxb", "title/accuracy", "day/accuracy", "authors/f1"),
    *measures("metadata", "htmldate", "day/accuracy"),
    *measures(
        "pages", "pages_wcxb", "collection/refused", "listing/refused", "product/refused",
        "service/refused", "forum/refused", "documentation/refused",
    ),
    *measures("pages", "extraction_wcxb", "article/refused"),
    *measures(
        "quotes", "quotes_polnear", "quoted_words/f1", "quoted_words_attributed/f1",
        "direct_items/covered_and_attributed", "mixed_items/covered_and_attributed",
        "statements_words_attributed/f1", "items_strict/f1", "items_exact/f1",
    ),
    *measures("quotes", "quotes_textacy", "quoted_words_attributed/f1"),
    *measures("mentions", "entities_gum", "all/f1", "person/f1", "organization/f1", "place/f1"),
    *measures("mentions", "entities_meantime", "all/f1", "person/f1", "organization/f1", "place/f1"),
    *measures("mentions", "entities_wnut17", "all/f1"),
    *measures("dates", "dates_meantime", "all_value/f1", "all_relaxed/f1", "all_strict/f1"),
]  # fmt: skip


def predict(gold):
    """Run `onrecord extract` on a file; return the path of the answers."""
    answers = CACHE / gold.name.replace(DATA_SUFFIX, ".jsonl")
    CACHE.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "flows", "extract", str(gold), "--output", str(answers)]
    subprocess.run(command, check=True)
    return answers


def predict_stock(gold):
    """Run plain trafilatura on a file of pages; return the path of the answers."""
    answers = CACHE / gold.name.replace(DATA_SUFFIX, ".stock.jsonl")
    command = [sys.executable, "-m", "tests.quality.stock", str(gold), str(answers)]
    subprocess.run(command, check=True)
    return answers


def as_scored(gold):
    """Rewrite the gold file of names for the scorer and return its path.

    Documents that are only partly labelled are left out, because precision has no meaning
    there. Labels become capitals: the scorer knows PERSON, not person.
    """
    with gzip.open(gold, "rt", encoding="utf-8") as lines:
        rows = [row for row in map(json.loads, lines) if row.get("complete") is not False]
    for row in rows:
        for entity in row["entities"]:
            entity["label"] = entity["label"].upper()
    limited = CACHE / gold.name.replace(".gz", "")
    limited.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return limited


def score(folder, task, gold, answers):
    gold = as_scored(gold) if task == "mentions" else gold
    command = [sys.executable, str(folder / "score.py"), task, str(gold), str(answers)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


class Scores:
    """The scores of each file, computed once."""

    def __init__(self, folder, predict):
        self.folder, self.predict = folder, predict
        self.answers, self.scores = {}, {}

    def figure(self, measure):
        """Return the figure of a measure and the number of its gold items."""
        gold = self.folder / "data" / f"{measure.file}{DATA_SUFFIX}"
        key = (measure.task, measure.file)
        if measure.file not in self.answers:
            self.answers[measure.file] = self.predict(gold)
        if key not in self.scores:
            self.scores[key] = score(self.folder, measure.task, gold, self.answers[measure.file])
        figure = part = self.scores[key]
        for name in measure.keys:
            part, figure = figure, figure[name]
        return figure, part.get("n", self.scores[key].get("n", ""))


def evaluate(folder, words):
    """Yield each measure, our figure, trafilatura's for pages, and the gold items."""
    ours, stock = Scores(folder, predict), Scores(folder, predict_stock)
    for measure in MEASURES:
        is_there = (folder / "data" / f"{measure.file}{DATA_SUFFIX}").exists()
        if not is_there or (words and not any(word in measure.file for word in words)):
            continue
        figure, n = ours.figure(measure)
        is_page = measure.task in ("text", "metadata")
        yield measure, figure, stock.figure(measure)[0] if is_page else None, n


def main():
    folder, *words = sys.argv[1:]
    if not (Path(folder) / "score.py").exists():
        sys.exit(f"{folder} has no score.py: give the folder of the labelled data, EVAL=DIR")
    started = time.monotonic()
    print(f"{'task':9} {'file':22} {'measure':38} {'ours':>7} {'stock':>7} {'n':>6}")
    for measure, figure, stock, n in evaluate(Path(folder), words):
        beside = "" if stock is None else f"{stock:.4f}"
        print(
            f"{measure.task:9} {measure.file:22} {measure.name:38} {figure:7.4f} {beside:>7} {n:>6}",
            flush=True,
        )
    print(f"{time.monotonic() - started:.0f} s; answers in {CACHE}")


if __name__ == "__main__":
    main()
