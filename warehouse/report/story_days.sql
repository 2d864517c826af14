-- Articles of some stories per day. $stories: their keys.
SELECT
    story_id,
    published_on AS day,
    articles
FROM story_timeline
WHERE list_contains(CAST($stories AS VARCHAR[]), story_id) AND published_on BETWEEN $first_on AND $last_on
ORDER BY ALL
