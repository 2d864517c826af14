SELECT
    (SELECT count(DISTINCT source_id) FROM latest_articles) AS sources,
    (SELECT count(*) FROM latest_articles) AS articles,
    (SELECT count(*) FROM latest_quotations WHERE act = 'speech') AS statements,
    (SELECT count(*) FROM latest_mentions) AS mentions,
    (SELECT count(*) FROM latest_date_mentions) AS dates
