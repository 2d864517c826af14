-- What a revision of an article is about, in its own words. $article_id, $revision: the revision; $day: its day.
SELECT
    phrase,
    score,
    occurrences
FROM latest_keyphrases
WHERE article_id = $article_id
    AND revision = $revision
    AND ($day IS NULL OR published_on = $day)
ORDER BY score DESC, phrase
