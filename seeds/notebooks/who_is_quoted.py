"""Who is quoted, by outlet and by role: a notebook over the published snapshot.

Open it with `marimo edit who_is_quoted.py`, or print its tables with `python who_is_quoted.py`.
Another data folder: add `-- --data DIR`.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="Who is quoted")


@app.cell
def _():
    import altair as alt
    import marimo as mo

    import onrecord

    return alt, mo, onrecord


@app.cell
def _(mo):
    mo.md("""
    # Who is quoted

    Each outlet chooses whom it lets speak. This notebook counts the statements in the articles
    of a data folder by outlet and by the role that the article gives to the speaker.

    Attitudes and plans ("opposes", "intends to") are not counted, because nobody said them in
    these words. Statements whose speaker is not named are counted, under *no name*.
    """)
    return


@app.cell
def _():
    # Words that roles contain, by the group they count for: the first group with a word in the
    # role wins. Change the words to fit your question; the languages of the sample articles are
    # in the list.
    groups = {
        "press": ("interviewer", "reporter", "editor", "journalist"),
        "courts and police": ("judge", "prosecutor", "lawyer", "police", "court"),
        "business": ("chief executive", "economist", "manager", "owner", "geschäftsführer"),
        "associations": ("association", "union", "syndicat", "verband", "club", "coach", "captain"),
        "government and politics": (
            "minister", "mayor", "secretary", "governor", "opposition", "president",
            "councillor", "ministry", "government",
        ),
        "science and culture": ("doctor", "professor", "director", "actor", "директор"),
    }  # fmt: skip

    def group_of(speaker, role):
        """Return the group of a statement's speaker."""
        if not speaker:
            return "no name"
        if not role:
            return "no role given"
        words = role.lower()
        found = (group for group, parts in groups.items() if any(part in words for part in parts))
        return next(found, "other roles")

    return (group_of,)


@app.cell
def _(mo, onrecord):
    _data = mo.cli_args().get("data")
    with onrecord.connect(_data) as _con:
        statements = _con.execute(
            """
            SELECT source_id, speaker, speaker_role, kind, statement
            FROM said
            ORDER BY source_id, speaker, published_at, article_id, start_char
            """
        ).fetchall()
    return (statements,)


@app.cell
def _(group_of, statements):
    _found = {}
    for _outlet, _speaker, _role, _kind, _statement in statements:
        _row = _found.setdefault(
            (_outlet, group_of(_speaker, _role)),
            {"statements": 0, "word for word": 0, "speakers": set(), "roles": set()},
        )
        _row["statements"] += 1
        _row["word for word"] += _kind == "direct"
        _row["speakers"] |= {_speaker} - {None}
        _row["roles"] |= {_role} - {None}
    by_group = [
        {
            "outlet": _outlet,
            "group": _group,
            "statements": _row["statements"],
            "word for word": _row["word for word"],
            "speakers": len(_row["speakers"]),
            "roles": ", ".join(sorted(_row["roles"])),
        }
        for (_outlet, _group), _row in sorted(
            _found.items(), key=lambda item: (item[0][0], -item[1]["statements"], item[0][1])
        )
    ]
    return (by_group,)


@app.cell
def _(mo, statements):
    _named = sum(bool(speaker) for _, speaker, _, _, _ in statements)
    _with_role = sum(bool(speaker and role) for _, speaker, role, _, _ in statements)
    _outlets = len({outlet for outlet, *_ in statements})
    mo.md(
        f"There are **{len(statements):,} statements** from {_outlets} outlets. {_named:,} name "
        f"their speaker, and {_with_role:,} also say who that is. Files without an address have "
        "the outlet `files`."
        if statements
        else "There are no statements in this data folder yet: load articles with them."
    )
    return


@app.cell
def _(alt, by_group):
    chart = (
        alt.Chart(alt.InlineData(values=by_group), title="Statements by outlet and group")
        .mark_bar()
        .encode(
            x=alt.X("statements:Q", title="statements", axis=alt.Axis(format="d", tickMinStep=1)),
            y=alt.Y("outlet:N", title=None, sort="-x", axis=alt.Axis(labelLimit=220)),
            color=alt.Color("group:N", title=None, scale=alt.Scale(scheme="tableau10")),
            tooltip=["outlet:N", "group:N", "statements:Q", "speakers:Q", "roles:N"],
        )
        .properties(width=520)
    )
    chart
    return (chart,)


@app.cell
def _(by_group, mo):
    mo.ui.table(by_group, label="Statements by outlet and group", selection=None, pagination=False)
    return


@app.cell
def _(mo, statements):
    # The voices that an outlet relies on: each speaker's share of its statements.
    _counts = {}
    _totals = {}
    for _outlet, _speaker, _role, *_ in statements:
        _totals[_outlet] = _totals.get(_outlet, 0) + 1
        if _speaker:
            _row = _counts.setdefault((_outlet, _speaker), [0, None])
            _row[0] += 1
            _row[1] = _row[1] or _role
    voices = [
        {
            "outlet": _outlet,
            "speaker": _speaker,
            "role": _role or "",
            "statements": _count,
            "share": f"{_count / _totals[_outlet]:.0%}",
        }
        for (_outlet, _speaker), (_count, _role) in sorted(
            _counts.items(), key=lambda item: (-item[1][0], item[0])
        )
    ]
    mo.vstack(
        [
            mo.md(
                "## Whose voice is heard most\n\nA high share in a small outlet may come from a "
                "single interview, so look at the number of statements as well."
            ),
            mo.ui.table(voices[:30], label="Speakers", selection=None, pagination=False),
        ]
    )
    return (voices,)


@app.cell
def _(by_group, mo, voices):
    if mo.app_meta().mode == "script":
        for _rows in (by_group, voices[:30]):
            print(*_rows[0] if _rows else ["no statements"], sep=" | ")
            for _row in _rows:
                print(*_row.values(), sep=" | ")
            print()
    return


if __name__ == "__main__":
    app.run()
