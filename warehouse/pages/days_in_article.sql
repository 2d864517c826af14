-- The days and times in a revision of an article, in reading order. $article_id, $revision: the revision; $day: its day.
SELECT
    start_char,
    end_char,
    text,
    type,
    value,
    starts_on,
    ends_on,
    anchor,
    confidence
FROM latest_date_mentions
WHERE article_id = $article_id
    AND revision = $revision
    AND ($day IS NULL OR published_on = $day)
ORDER BY start_char, end_char
