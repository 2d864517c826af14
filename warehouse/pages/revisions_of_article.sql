-- The revisions of an article, oldest first. $article_id: its key.
SELECT
    articles.revision,
    articles.revision_cause,
    articles.fetched_at,
    articles.title,
    articles.text,
    changes.words_added,
    changes.words_cut
FROM articles
LEFT JOIN changes
    ON changes.article_id = articles.article_id
    AND changes.revision = articles.revision
WHERE articles.article_id = $article_id
ORDER BY articles.revision
