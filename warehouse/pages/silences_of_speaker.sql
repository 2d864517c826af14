-- Notes that somebody was asked and said nothing, the newest first.
-- $speaker: the name; $bare: the last name alone, NULL if it does not stand for them; $most: how many.
SELECT
    notes.article_id,
    notes.start_char,
    notes.text,
    notes.kind,
    notes.about,
    notes.asked_by,
    notes.source_id,
    notes.published_on,
    articles.title,
    articles.language
FROM latest_no_comments AS notes
INNER JOIN articles USING (article_id, revision)
WHERE notes.asked IN ($speaker, $bare)
ORDER BY notes.published_at DESC NULLS LAST, notes.article_id, notes.start_char
LIMIT $most
