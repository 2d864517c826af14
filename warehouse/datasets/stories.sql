SELECT
    story_id,
    headline,
    articles,
    texts,
    sources,
    first_at,
    last_at,
    people,
    places,
    language,
    url,
    central_article_id,
    follows_story_id
FROM stories
