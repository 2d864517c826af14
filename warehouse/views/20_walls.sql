-- The same codes and meanings as in transforms/cleaning/refusals.py; a test compares them.
CREATE OR REPLACE VIEW refusal_reasons AS
SELECT
    reason,
    kind,
    meaning
FROM (
    VALUES
        ('soft_404', 'wall', 'the page says that the article does not exist'),
        ('consent_wall', 'wall', 'the page asks for consent before it shows the article'),
        ('captcha', 'wall', 'the page checks whether its reader is a person'),
        ('login_wall', 'wall', 'the page asks its reader to log in'),
        ('subscription_wall', 'wall', 'the page offers a subscription and shows no article'),
        ('maintenance', 'wall', 'the page says that the site is being repaired'),
        ('javascript_shell', 'wall', 'the page shows nothing without scripts'),
        ('redirect_page', 'wall', 'the page only leads to another address'),
        ('section_front', 'no_article', 'the page is the front of a site or section'),
        ('live', 'no_article', 'a live report'),
        ('listing', 'no_article', 'a list of articles'),
        ('collection', 'no_article', 'a category of products or works'),
        ('product', 'no_article', 'a product'),
        ('service', 'no_article', 'an offer of services'),
        ('forum', 'no_article', 'a forum or its thread'),
        ('documentation', 'no_article', 'documentation of software')
) AS reasons (reason, kind, meaning);
COMMENT ON VIEW refusal_reasons IS 'One row per reason for which a page that was received is not stored; join it to rejections. Other reasons are faults';
COMMENT ON COLUMN refusal_reasons.reason IS 'Fixed code, as in rejections';
COMMENT ON COLUMN refusal_reasons.kind IS 'wall (it stands where an article should be, which is missing) or no_article (nothing is missing)';
COMMENT ON COLUMN refusal_reasons.meaning IS 'What the page is, in words';

CREATE OR REPLACE VIEW walls AS
SELECT
    latest_fetches.source_id,
    latest_fetches.url,
    latest_fetches.failure AS reason,
    CASE WHEN latest_fetches.next_fetch_at IS NULL THEN 'given_up' ELSE 'waiting' END AS state,
    latest_fetches.attempts,
    latest_fetches.fetched_at,
    latest_fetches.next_fetch_at,
    latest_fetches.canonical_url,
    latest_fetches.document_id
FROM latest_fetches
INNER JOIN refusal_reasons ON refusal_reasons.reason = latest_fetches.failure
WHERE refusal_reasons.kind = 'wall';
COMMENT ON VIEW walls IS 'One row per page that was behind a wall when it was last fetched: its article is missing or not current';
COMMENT ON COLUMN walls.reason IS 'What stood there: maintenance, consent_wall, captcha, login_wall, subscription_wall, ...';
COMMENT ON COLUMN walls.state IS 'waiting (it is fetched again at next_fetch_at) or given_up (after five attempts, until its entry changes)';
COMMENT ON COLUMN walls.document_id IS 'Document with the wall, which is in the archive';
