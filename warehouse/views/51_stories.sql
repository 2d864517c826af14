-- The last row of an article counts. Few articles move, so the join reads only their rows.
CREATE OR REPLACE VIEW current_story_members AS
SELECT
    members.article_id,
    members.story_id,
    members.similarity,
    members.is_copy,
    members.linked_at
FROM story_members AS members
ANTI JOIN story_members AS later
    ON later.moves > 0
    AND later.article_id = members.article_id
    AND later.moves > members.moves;
COMMENT ON VIEW current_story_members IS 'The story that each article belongs to now';
COMMENT ON COLUMN current_story_members.linked_at IS 'When it joined this story, UTC';

CREATE OR REPLACE VIEW current_stories AS
WITH newest AS (
    SELECT
        story_id,
        max(version) AS version
    FROM story_states
    GROUP BY story_id
)
SELECT
    states.story_id,
    states.central_article_id,
    states.people,
    states.people_texts,
    states.places,
    states.places_texts,
    states.follows_story_id
FROM story_states AS states
SEMI JOIN newest USING (story_id, version)
WHERE states.into_story_id IS NULL;
COMMENT ON VIEW current_stories IS 'The newest state of each story that did not become part of another one';

CREATE OR REPLACE VIEW story_articles AS
SELECT
    members.story_id,
    articles.article_id,
    articles.revision,
    articles.source_id,
    articles.title,
    articles.url,
    articles.published_on,
    articles.published_at,
    articles.language,
    articles.words,
    members.is_copy,
    copied.cluster_id,
    members.similarity,
    stories.central_article_id = articles.article_id AS is_central
FROM current_story_members AS members
INNER JOIN latest_articles AS articles USING (article_id)
INNER JOIN current_stories AS stories USING (story_id)
LEFT JOIN cluster_members AS copied ON copied.article_id = members.article_id;
COMMENT ON VIEW story_articles IS 'One row per article, with the story that it belongs to';
COMMENT ON COLUMN story_articles.story_id IS 'Story, named after its first article';
COMMENT ON COLUMN story_articles.is_copy IS 'Whether it joined as a copy of an article of the story';
COMMENT ON COLUMN story_articles.cluster_id IS 'Cluster of its copies, NULL without copies';
COMMENT ON COLUMN story_articles.is_central IS 'Whether the headline of the story is that of this article';

CREATE OR REPLACE VIEW stories AS
WITH counted AS (
    SELECT
        members.story_id,
        count(*) AS articles,
        count(*) FILTER (NOT members.is_copy) AS texts,
        count(DISTINCT articles.source_id) AS sources,
        min(coalesce(articles.published_at, articles.fetched_at)) AS first_at,
        max(coalesce(articles.published_at, articles.fetched_at)) AS last_at
    FROM current_story_members AS members
    INNER JOIN latest_articles AS articles USING (article_id)
    GROUP BY members.story_id
)
SELECT
    counted.story_id,
    central.title AS headline,
    counted.articles,
    counted.texts,
    counted.sources,
    counted.first_at,
    counted.last_at,
    states.people[1:5] AS people,
    states.places[1:5] AS places,
    central.language,
    central.url,
    states.central_article_id,
    states.follows_story_id
FROM counted
INNER JOIN current_stories AS states USING (story_id)
LEFT JOIN latest_articles AS central ON central.article_id = states.central_article_id;
COMMENT ON VIEW stories IS 'One row per story: what one or several outlets report about one event';
COMMENT ON COLUMN stories.story_id IS 'Story, named after its first article; it stays the same when articles are added';
COMMENT ON COLUMN stories.headline IS 'Headline of the article that is most like all others';
COMMENT ON COLUMN stories.articles IS 'Articles, copies of one text included';
COMMENT ON COLUMN stories.texts IS 'Articles without copies';
COMMENT ON COLUMN stories.sources IS 'Publishers of these articles';
COMMENT ON COLUMN stories.first_at IS 'When its oldest article was published, otherwise acquired, UTC';
COMMENT ON COLUMN stories.last_at IS 'When its newest article was published, otherwise acquired, UTC';
COMMENT ON COLUMN stories.people IS 'The five people who are named in the most texts';
COMMENT ON COLUMN stories.places IS 'The five places that are named in the most texts';
COMMENT ON COLUMN stories.language IS 'ISO 639-1 code of the article with the headline';
COMMENT ON COLUMN stories.url IS 'URL of the article with the headline';
COMMENT ON COLUMN stories.follows_story_id IS 'Story that it goes on with: a story ends after a month';

CREATE OR REPLACE VIEW story_timeline AS
SELECT
    members.story_id,
    CAST(coalesce(articles.published_at, articles.fetched_at) AS DATE) AS published_on,
    count(*) AS articles,
    count(*) FILTER (NOT members.is_copy) AS texts,
    count(DISTINCT articles.source_id) AS sources,
    list(DISTINCT articles.source_id ORDER BY articles.source_id) AS source_ids,
    arg_max(articles.title, CASE WHEN members.is_copy THEN -1 ELSE members.similarity END) AS headline,
    min(coalesce(articles.published_at, articles.fetched_at)) AS first_at,
    max(coalesce(articles.published_at, articles.fetched_at)) AS last_at
FROM current_story_members AS members
INNER JOIN latest_articles AS articles USING (article_id)
GROUP BY ALL;
COMMENT ON VIEW story_timeline IS 'One row per story and day with articles';
COMMENT ON COLUMN story_timeline.published_on IS 'Day, UTC';
COMMENT ON COLUMN story_timeline.articles IS 'Articles of the day, copies of one text included';
COMMENT ON COLUMN story_timeline.texts IS 'Articles of the day without copies';
COMMENT ON COLUMN story_timeline.sources IS 'Publishers of the day';
COMMENT ON COLUMN story_timeline.source_ids IS 'These publishers';
COMMENT ON COLUMN story_timeline.headline IS 'Headline of the article of the day that was most like the story when it joined';
COMMENT ON COLUMN story_timeline.first_at IS 'When the first article of the day was published, otherwise acquired, UTC';
COMMENT ON COLUMN story_timeline.last_at IS 'When the last article of the day was published, otherwise acquired, UTC';

-- Copies repeat the statements of their text, so texts are counted beside articles.
CREATE OR REPLACE VIEW story_statements AS
SELECT
    members.story_id,
    quotations.speaker,
    arg_min(quotations.statement, quotations.published_at) AS statement,
    count(DISTINCT quotations.article_id) AS articles,
    count(DISTINCT quotations.article_id) FILTER (NOT members.is_copy) AS texts,
    count(DISTINCT quotations.source_id) AS sources,
    min(quotations.published_at) AS first_at,
    arg_min(quotations.article_id, quotations.published_at) AS first_article_id,
    coalesce(wordings.statement_id, quotations.fingerprint) AS statement_id
FROM latest_quotations AS quotations
INNER JOIN current_story_members AS members USING (article_id)
LEFT JOIN current_wordings AS wordings
    ON wordings.fingerprint = quotations.fingerprint
    AND wordings.speaker = quotations.speaker
WHERE quotations.act = 'speech' AND quotations.fingerprint IS NOT NULL
GROUP BY
    members.story_id,
    quotations.speaker,
    coalesce(wordings.statement_id, quotations.fingerprint);
COMMENT ON VIEW story_statements IS 'One row per story, speaker and statement, with how many articles repeat it, in whatever wording';
COMMENT ON COLUMN story_statements.speaker IS 'Speaker resolved within the article, otherwise as written; NULL if nobody is named';
COMMENT ON COLUMN story_statements.statement IS 'The statement as worded in the first of these articles';
COMMENT ON COLUMN story_statements.articles IS 'Articles of the story that quote it';
COMMENT ON COLUMN story_statements.texts IS 'Articles of the story that quote it, without copies';
COMMENT ON COLUMN story_statements.sources IS 'Publishers of these articles';
COMMENT ON COLUMN story_statements.first_at IS 'When the first of these articles was published, UTC';
COMMENT ON COLUMN story_statements.first_article_id IS 'The first of these articles';
COMMENT ON COLUMN story_statements.statement_id IS 'Statement, the same for its other wordings; see quote_spread';
