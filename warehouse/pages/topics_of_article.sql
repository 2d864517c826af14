-- The topics of a revision of an article with the words that tell them. $article_id, $revision: the revision; $day: its day.
SELECT
    topic_code,
    topic,
    level,
    score,
    [term.term FOR term IN evidence] AS terms
FROM latest_topics
WHERE article_id = $article_id
    AND revision = $revision
    AND ($day IS NULL OR published_on = $day)
ORDER BY level, score DESC, topic
