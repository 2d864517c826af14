"""How a story spread from one outlet to the others: a notebook over the published snapshot.

Open it with `marimo edit how_a_story_spread.py`, or print its tables with
`python how_a_story_spread.py`. Another data folder: add `-- --data DIR`.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="How a story spread")


@app.cell
def _():
    import altair as alt
    import marimo as mo

    import onrecord

    return alt, mo, onrecord


@app.cell
def _(mo):
    mo.md("""
    # How a story spread

    Outlets take stories from agencies and from each other. The words of a quotation show it:
    nobody says the same sentence twice. This notebook follows the statements that more than one
    article quotes. A **story** here is the article that was first with such statements, and
    every article that has one of them.

    Statements of fewer than four words are not compared, because too many people say the same.
    Letter case, punctuation and white space do not count. An article that says the same in its
    own words is not found.
    """)
    return


@app.cell
def _(mo, onrecord):
    _data = mo.cli_args().get("data")
    with onrecord.connect(_data) as _con:
        shared = _con.execute(
            """
            SELECT
                reuse.first_article_id,
                said.article_id,
                said.published_at,
                said.source_id,
                said.title,
                said.url,
                reuse.fingerprint,
                coalesce(said.speaker, 'nobody named') AS speaker,
                said.statement
            FROM quotation_reuse AS reuse
            JOIN said USING (fingerprint)
            WHERE reuse.sources > 1
            ORDER BY reuse.first_article_id, said.published_at NULLS LAST, said.article_id,
                said.start_char
            """
        ).fetchall()
    return (shared,)


@app.cell
def _(shared):
    stories = {}
    for _first, _article, _at, _outlet, _title, _url, _print, _speaker, _statement in shared:
        _articles = stories.setdefault(_first, {})
        _row = _articles.setdefault(
            _article,
            {"at": _at, "outlet": _outlet, "title": _title, "url": _url, "statements": {}},
        )
        _row["statements"].setdefault(_print, (_speaker, _statement))
    # The story in the most articles first, then the one with the most shared statements.
    order = sorted(
        stories,
        key=lambda first: (
            -len(stories[first]),
            -sum(len(row["statements"]) for row in stories[first].values()),
            first,
        ),
    )
    return order, stories


@app.cell
def _(mo, order, stories):
    _names = {
        f"{stories[first][first]['title']} ({len(stories[first])} articles)": first
        for first in order
        if first in stories[first]
    }
    story = mo.ui.dropdown(
        _names, value=next(iter(_names), None), label="Story", allow_select_none=not _names
    )
    mo.vstack(
        [
            story,
            mo.md(
                f"{len(order):,} stories have statements that more than one outlet quotes."
                if order
                else "No statement in this data folder is quoted by more than one outlet yet."
            ),
        ]
    )
    return (story,)


@app.cell
def _(stories, story):
    _articles = stories.get(story.value, {})
    _first = _articles.get(story.value)
    _undated = [row for row in _articles.values() if row["at"] is None]
    _dated = sorted(
        (row for row in _articles.values() if row["at"] is not None), key=lambda row: row["at"]
    )
    spread = [
        {
            "published": _row["at"].strftime("%Y-%m-%d %H:%M") if _row["at"] else "",
            "hours later": round((_row["at"] - _first["at"]).total_seconds() / 3600, 1)
            if _row["at"] and _first["at"]
            else None,
            "outlet": _row["outlet"],
            "headline": _row["title"] or "",
            "shared statements": len(_row["statements"]),
        }
        for _row in [*_dated, *_undated]
    ]
    return (spread,)


@app.cell
def _(alt, spread):
    chart = (
        alt.Chart(
            alt.InlineData(values=[row for row in spread if row["hours later"] is not None]),
            title="Hours after the first article",
        )
        .mark_circle(opacity=0.8)
        .encode(
            x=alt.X("hours later:Q", title="hours later"),
            y=alt.Y("outlet:N", title=None, sort=None, axis=alt.Axis(labelLimit=220)),
            size=alt.Size(
                "shared statements:Q",
                title="shared statements",
                scale=alt.Scale(domainMin=0, rangeMax=600),
                legend=alt.Legend(format="d", tickCount=3),
            ),
            tooltip=["published:N", "outlet:N", "headline:N", "shared statements:Q"],
        )
        .properties(width=520, height=alt.Step(40))
    )
    chart
    return (chart,)


@app.cell
def _(mo, spread):
    mo.ui.table(spread, label="Articles of the story", selection=None, pagination=False)
    return


@app.cell
def _(mo, stories, story):
    _articles = stories.get(story.value, {})
    _outlets = {}
    for _row in _articles.values():
        for _print, _said in _row["statements"].items():
            _outlets.setdefault(_print, (_said, set()))[1].add(_row["outlet"])
    survived = [
        {
            "speaker": _speaker,
            "statement": _statement,
            "outlets": len(_names),
            "quoted by": ", ".join(sorted(_names)),
        }
        for (_speaker, _statement), _names in sorted(
            _outlets.values(), key=lambda found: (-len(found[1]), found[0])
        )
    ]
    mo.vstack(
        [
            mo.md(
                "## What was passed on\n\nThe statements that travelled, in the wording of the "
                "first article that has them, and who printed them."
            ),
            mo.ui.table(survived, label="Statements", selection=None, pagination=False),
        ]
    )
    return (survived,)


@app.cell
def _(mo, spread, survived):
    if mo.app_meta().mode == "script":
        for _rows in (spread, survived):
            print(*_rows[0] if _rows else ["no shared statements"], sep=" | ")
            for _row in _rows:
                print(*_row.values(), sep=" | ")
            print()
    return


if __name__ == "__main__":
    app.run()
