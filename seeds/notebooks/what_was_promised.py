"""What was promised, and when it is due: a notebook over the published snapshot.

Open it with `marimo edit what_was_promised.py`, or print its table with
`python what_was_promised.py`. Another data folder: add `-- --data DIR`.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="What was promised")


@app.cell
def _():
    import altair as alt
    import marimo as mo

    import onrecord

    return alt, mo, onrecord


@app.cell
def _(mo):
    mo.md("""
    # What was promised

    People announce what will happen by a day, a month or a year, and few look it up later. This
    notebook lists statements and plans with such a date inside their own words, in the order in
    which they fall due.

    A statement with a date in the future is not always a promise: it may be a forecast, a
    deadline or a warning. Read the words before you hold anybody to them. *Due* means that the
    last day of the date is past; whether it was kept, the articles have to tell.
    """)
    return


@app.cell
def _(mo, onrecord):
    _data = mo.cli_args().get("data")
    with onrecord.connect(_data) as _con:
        newest_on = _con.execute("SELECT max(published_on) FROM latest_articles").fetchone()[0]
        promises = _con.execute(
            """
            SELECT speaker, statement, act, date_text, starts_on, ends_on, published_on, source_id,
                title, url
            FROM promised
            WHERE is_inside AND speaker IS NOT NULL
            QUALIFY row_number() OVER (
                PARTITION BY article_id, start_char, ends_on ORDER BY starts_on, date_text
            ) = 1
            ORDER BY ends_on, starts_on, speaker, statement
            """
        ).fetchall()
    return newest_on, promises


@app.cell
def _(mo, newest_on):
    as_of = mo.ui.date(value=newest_on, label="Due as of")
    mo.vstack(
        [
            as_of,
            mo.md(
                "The day of the newest article is the default; choose today to see what is due."
                if newest_on
                else "There are no dated articles in this data folder yet."
            ),
        ]
    )
    return (as_of,)


@app.cell
def _(as_of, promises):
    due = [
        {
            "due": _ends_on.isoformat(),
            "state": "due" if _ends_on <= as_of.value else "open",
            "speaker": _speaker,
            "statement": _statement,
            "date": _date_text,
            "kind": "plan" if _act == "plan" else "statement",
            "said on": _published_on.isoformat(),
            "days ahead": (_ends_on - _published_on).days,
            "outlet": _outlet,
        }
        for (
            _speaker, _statement, _act, _date_text, _, _ends_on, _published_on, _outlet, _, _
        ) in promises
    ]  # fmt: skip
    return (due,)


@app.cell
def _(due, mo):
    _due = sum(row["state"] == "due" for row in due)
    _people = len({row["speaker"] for row in due})
    mo.md(
        f"**{len(due):,} statements and plans** of {_people:,} speakers name a later date. "
        f"{_due:,} of them are due, {len(due) - _due:,} are open."
    )
    return


@app.cell
def _(alt, due):
    _base = (
        alt.Chart(alt.InlineData(values=due), title="From the day it was said to the day it is due")
        .encode(
            y=alt.Y("speaker:N", title=None, sort=None, axis=alt.Axis(labelLimit=220)),
            color=alt.Color(
                "state:N", title=None, scale=alt.Scale(domain=["due", "open"], scheme="tableau10")
            ),
            tooltip=["speaker:N", "statement:N", "date:N", "said on:N", "due:N", "outlet:N"],
        )
        .properties(width=520)
    )
    _spans = _base.mark_rule(strokeWidth=2).encode(
        x=alt.X("said on:T", title=None, timeUnit="utcyearmonthdate"),
        x2=alt.X2("due:T", timeUnit="utcyearmonthdate"),
    )
    _ends = _base.mark_circle(size=60, opacity=1).encode(
        x=alt.X("due:T", title=None, timeUnit="utcyearmonthdate")
    )
    chart = _spans + _ends
    chart
    return (chart,)


@app.cell
def _(due, mo):
    mo.ui.table(due, label="In the order in which they fall due", selection=None, pagination=False)
    return


@app.cell
def _(due, mo):
    if mo.app_meta().mode == "script":
        print(*due[0] if due else ["nothing with a later date"], sep=" | ")
        for _row in due:
            print(*_row.values(), sep=" | ")
    return


if __name__ == "__main__":
    app.run()
