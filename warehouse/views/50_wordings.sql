-- A wording may be found twice if its articles are analysed again; the first row counts.
CREATE OR REPLACE VIEW current_wordings AS
SELECT
    fingerprint,
    speaker,
    min_by(statement_id, rowid) AS statement_id
FROM statement_wordings
GROUP BY fingerprint, speaker;
COMMENT ON VIEW current_wordings IS 'One row per wording that is another wording of an earlier statement by the same speaker';
COMMENT ON COLUMN current_wordings.statement_id IS 'Statement that it is a wording of';

-- Statements that several articles have are chosen first, by their keys alone.
CREATE OR REPLACE VIEW quote_spread AS
WITH appeared AS (
    SELECT
        coalesce(wordings.statement_id, quotations.fingerprint) AS statement_id,
        lower(regexp_extract(quotations.speaker, '[^ ]+$')) AS last_name,
        quotations.article_id,
        quotations.revision,
        quotations.start_char,
        quotations.speaker,
        quotations.statement,
        quotations.kind,
        quotations.confidence,
        quotations.source_id,
        quotations.published_at
    FROM latest_quotations AS quotations
    LEFT JOIN current_wordings AS wordings
        ON wordings.fingerprint = quotations.fingerprint
        AND wordings.speaker = quotations.speaker
    WHERE quotations.fingerprint IS NOT NULL AND quotations.act = 'speech'
),
spread AS (
    SELECT
        statement_id,
        last_name
    FROM appeared
    GROUP BY statement_id, last_name
    HAVING min(article_id) <> max(article_id)
),
-- An article that quotes a statement twice counts once, with the longer wording.
once AS (
    SELECT
        appeared.statement_id,
        appeared.last_name,
        appeared.article_id,
        appeared.revision,
        appeared.start_char,
        appeared.speaker,
        appeared.statement,
        appeared.kind,
        appeared.confidence,
        appeared.source_id,
        appeared.published_at
    FROM appeared
    SEMI JOIN spread USING (statement_id, last_name)
    QUALIFY row_number() OVER (
        PARTITION BY appeared.statement_id, appeared.last_name, appeared.article_id
        ORDER BY length(appeared.statement) DESC, appeared.start_char
    ) = 1
),
numbered AS (
    SELECT
        once.statement_id,
        once.last_name,
        once.article_id,
        once.revision,
        once.start_char,
        once.speaker,
        once.statement,
        once.kind,
        once.confidence,
        once.source_id,
        once.published_at,
        row_number() OVER appearances AS appearance,
        count(*) OVER statements AS appearances,
        first_value(once.article_id) OVER appearances AS first_article_id,
        first_value(once.statement) OVER appearances AS first_statement,
        first_value(once.published_at) OVER appearances AS first_at
    FROM once
    WINDOW
        statements AS (PARTITION BY once.statement_id, once.last_name),
        appearances AS (
            PARTITION BY once.statement_id, once.last_name
            ORDER BY once.published_at NULLS LAST, once.article_id
        )
),
worded AS (
    SELECT
        numbered.statement_id,
        numbered.last_name,
        numbered.article_id,
        numbered.revision,
        numbered.start_char,
        numbered.speaker,
        numbered.statement,
        numbered.kind,
        numbered.confidence,
        numbered.source_id,
        numbered.published_at,
        numbered.appearance,
        numbered.appearances,
        numbered.first_article_id,
        numbered.first_statement,
        numbered.first_at,
        regexp_extract_all(lower(replace(statement, '’', '''')), '[\p{L}\p{N}'']+') AS said_words,
        regexp_extract_all(lower(replace(first_statement, '’', '''')), '[\p{L}\p{N}'']+') AS first_words
    FROM numbered
)
SELECT
    worded.statement_id,
    worded.speaker,
    worded.appearance,
    worded.appearances,
    worded.source_id,
    worded.article_id,
    coalesce(articles.url, articles.canonical_url) AS url,
    articles.title,
    worded.published_at,
    worded.statement,
    worded.first_statement,
    list_filter(worded.first_words, lambda word: NOT list_contains(worded.said_words, word)) AS cut_words,
    list_filter(worded.said_words, lambda word: NOT list_contains(worded.first_words, word)) AS added_words,
    (epoch(worded.published_at) - epoch(worded.first_at)) / 3600 AS hours_later,
    worded.kind,
    worded.confidence,
    documents.warc_file,
    documents.warc_offset,
    worded.first_article_id,
    worded.revision,
    worded.start_char
FROM worded
INNER JOIN articles
    ON articles.article_id = worded.article_id
    AND articles.revision = worded.revision
LEFT JOIN documents USING (document_id);
COMMENT ON VIEW quote_spread IS 'One row per appearance of a statement that more than one article quotes, in the same or another wording';
COMMENT ON COLUMN quote_spread.statement_id IS 'Statement: the key of its wording that was loaded first';
COMMENT ON COLUMN quote_spread.speaker IS 'Speaker as this article names them';
COMMENT ON COLUMN quote_spread.appearance IS 'Number of the appearance by time, 1 for the first';
COMMENT ON COLUMN quote_spread.appearances IS 'Articles that quote the statement';
COMMENT ON COLUMN quote_spread.url IS 'URL it was fetched from, without tracking parameters, otherwise its canonical URL; NULL if it has neither';
COMMENT ON COLUMN quote_spread.statement IS 'The statement as worded in this article';
COMMENT ON COLUMN quote_spread.first_statement IS 'The statement as worded in the first article';
COMMENT ON COLUMN quote_spread.cut_words IS 'Words of the first wording that this one does not have';
COMMENT ON COLUMN quote_spread.added_words IS 'Words of this wording that the first one does not have';
COMMENT ON COLUMN quote_spread.hours_later IS 'Hours between the publication of the first article and of this one';
COMMENT ON COLUMN quote_spread.confidence IS 'Expected share of correct attributions among similar ones, 0 to 1';
COMMENT ON COLUMN quote_spread.warc_file IS 'Archive file with the bytes of the page, NULL if it was not archived';
COMMENT ON COLUMN quote_spread.warc_offset IS 'Byte offset of its record in warc_file';
COMMENT ON COLUMN quote_spread.first_article_id IS 'The first article that quotes it';
COMMENT ON COLUMN quote_spread.start_char IS 'First character of the statement in articles.text';
