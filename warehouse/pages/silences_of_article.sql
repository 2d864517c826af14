-- The notes that somebody said nothing, in a revision of an article. $article_id, $revision: the revision; $day: its day.
SELECT
    start_char,
    end_char,
    text,
    kind,
    asked,
    asked_role,
    asked_by,
    about,
    cue,
    confidence
FROM latest_no_comments
WHERE article_id = $article_id
    AND revision = $revision
    AND ($day IS NULL OR published_on = $day)
ORDER BY start_char
