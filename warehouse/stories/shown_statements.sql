-- The statements of some stories, the most repeated first. $stories: their keys; $least: articles that
-- have a statement; $most: how many statements of one story.
SELECT
    story_id,
    speaker,
    statement,
    articles,
    sources
FROM story_statements
WHERE list_contains($stories, story_id) AND articles >= $least AND speaker IS NOT NULL
QUALIFY row_number() OVER (
    PARTITION BY story_id ORDER BY sources DESC, articles DESC, first_at, statement_id
) <= $most
ORDER BY story_id, sources DESC, articles DESC, first_at, statement_id
