"""Digests of all content columns for standard inputs, to compare two versions.

`python -m tests.quality.row_digest [--eval DIR] [--out FILE] [--against FILE]` loads the sample
articles and the labelled pages in DIR, polls a small publisher on loopback, and prints a digest
for each table and column. Columns that differ between runs (instants, keys of runs and batches,
places in the archive) are left out. A refactoring must not change any digest. A changed rule may
change only the columns that it is about.

It uses only the command line and SQL, so the same file runs on any version.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

from tests.helpers.news_server import NewsServer, serving

PORT = 48_731  # URLs are part of the rows, so the publisher always has the same port
LABELLED = (
    "extraction", "extraction_fundus", "metadata_naeb", "metadata_fundus_other", "quotes_polnear",
    "quotes_de_wikinews", "entities_gum", "dates_meantime",
)  # fmt: skip

VOLATILE_TABLES = {"batches", "checks", "runs", "schema_migrations", "settled_batches"}
VOLATILE_COLUMNS = {
    "analysed_at", "batch_id", "changed_at", "fetched_at", "first_seen_at", "next_fetch_at",
    "next_poll_at", "path", "polled_at", "recorded_at", "rejected_at", "rejection_id", "run_id",
    "seen_at", "warc_file", "warc_offset",
}  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--eval", type=Path, help="folder with labelled data")
    parser.add_argument("--out", type=Path, help="write the digests to this file")
    parser.add_argument("--against", type=Path, help="compare with the digests in this file")
    options = parser.parse_args()
    found = digests(options.eval)
    if options.out:
        options.out.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")
    for part, tables in found.items():
        for table, columns in tables.items():
            print(f"{part} {table}: {columns[' rows']:,} rows, {columns[' all']}")
    if options.against:
        changes = list(differences(json.loads(options.against.read_text()), found))
        print("\n".join(changes) or "every digest is the same")
        sys.exit(bool(changes))


def digests(labelled=None):
    """Return the digests of columns by part (samples, labelled, feeds) and table."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        run(root / "samples", "load", "seeds/articles")
        found = {"samples": digest_snapshot(root / "samples")}
        if labelled:
            files = [str(labelled / "data" / f"{name}.dev.jsonl.gz") for name in LABELLED]
            run(root / "labelled", "load", *files)
            found["labelled"] = digest_snapshot(root / "labelled")
        with serving(port=PORT, feeds=3, articles=5) as news:
            poll_twice(news, root / "feeds")
        found["feeds"] = digest_snapshot(root / "feeds")
    return found


def poll_twice(news: NewsServer, data):
    """Poll the publisher, edit an article, remove another one, and poll again."""
    data.mkdir()
    (data / "feeds.opml").write_bytes(news.opml())
    run(data, "ingest", "--now")
    news.pages["/0/article-1"] = news.article("/0/article-1", extra="It opens in May.")
    news.lists["/feed-1.xml"].append("/1/article-9")
    news.pages["/1/article-9"] = news.article("/1/article-9")
    news.refresh()
    news.statuses["/1/article-9"] = 410
    run(data, "ingest", "--now")


def run(data, *arguments):
    settings = {"ONRECORD_ALLOW_HOSTS": f"127.0.0.1:{PORT}", "ONRECORD_HOST_DELAY": "0"}
    subprocess.run(
        [sys.executable, "-m", "flows", *arguments, "--data", str(data)],
        env=os.environ | settings, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def digest_snapshot(data):
    """Return by table: the number of rows, a digest per column, and a digest of all."""
    with duckdb.connect(data / "published" / "onrecord.duckdb", read_only=True) as con:
        names = con.execute(
            "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main' ORDER BY 1"
        ).fetchall()
        return {name: digest_table(con, name) for (name,) in names if name not in VOLATILE_TABLES}


def digest_table(con, table):
    described = con.execute(f"DESCRIBE {table}").fetchall()
    columns = sorted(row[0] for row in described if row[0] not in VOLATILE_COLUMNS)
    rows = con.execute(f"SELECT {', '.join(columns)} FROM {table}").fetchall()
    found = {" rows": len(rows), " all": digest(rows)}
    return found | {name: digest(row[at] for row in rows) for at, name in enumerate(columns)}


def digest(values):
    """Return a digest of values that ignores their order."""
    return hashlib.sha256("\n".join(sorted(map(repr, values))).encode()).hexdigest()[:16]


def differences(before, after):
    """Yield a line for each column whose digest differs or that is only on one side."""
    for part in sorted({*before, *after}):
        for table in sorted({*before.get(part, {}), *after.get(part, {})}):
            old, new = before.get(part, {}).get(table, {}), after.get(part, {}).get(table, {})
            for column in sorted({*old, *new}):
                if old.get(column) != new.get(column):
                    yield f"{part} {table}.{column.strip()}: {old.get(column)} -> {new.get(column)}"


if __name__ == "__main__":
    main()
