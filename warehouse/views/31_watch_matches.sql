CREATE OR REPLACE VIEW watch_matches AS
SELECT
    watches.name AS watch,
    matches.found_at,
    matches.is_past,
    articles.published_on,
    articles.published_at,
    articles.source_id,
    articles.title,
    coalesce(articles.url, articles.canonical_url) AS url,
    matches.speaker,
    matches.statement,
    matches.watch_id,
    matches.article_id,
    matches.revision,
    matches.start_char
FROM matches
INNER JOIN (
    SELECT watches.watch_id, arg_max(watches.name, watches.recorded_at) AS name
    FROM watches
    GROUP BY watches.watch_id
) AS watches USING (watch_id)
INNER JOIN articles USING (article_id, revision);
COMMENT ON VIEW watch_matches IS 'What the watches found: statements and articles, with titles and URLs';
COMMENT ON COLUMN watch_matches.watch IS 'Name of the watch';
COMMENT ON COLUMN watch_matches.url IS 'URL it was fetched from, without tracking parameters, otherwise its canonical URL; NULL if it has neither';
