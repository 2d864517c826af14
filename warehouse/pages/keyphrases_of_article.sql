-- What a revision of an article is about, in its own words. $article_id, $revision: the revision.
SELECT
    phrase,
    score,
    occurrences
FROM latest_keyphrases
WHERE article_id = $article_id AND revision = $revision
ORDER BY score DESC, phrase
