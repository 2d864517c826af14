-- Fills the index of one month. `snapshot` is the published database, `index` the new file,
-- `before` the index that the month had until now; the variable `month` is like 2023-11.
-- Articles that `before` has are carried over, so that the cost follows what is new.
CREATE OR REPLACE TEMP TABLE wanted AS
SELECT
    articles.article_id,
    articles.revision,
    articles.source_id,
    articles.published_on,
    articles.language,
    coalesce(stemmers.stemmer, 'none') AS stemmer
FROM snapshot.latest_articles AS articles
LEFT JOIN stemmers ON stemmers.language = articles.language
WHERE
    articles.published_on >= getvariable('first_on') AND articles.published_on <= last_day(getvariable('first_on'))
    OR articles.published_on IS NULL AND getvariable('first_on') IS NULL;

CREATE OR REPLACE TEMP TABLE kept AS
SELECT documents.*
FROM before.documents AS documents
SEMI JOIN wanted
    ON wanted.article_id = documents.article_id
    AND wanted.revision = documents.revision
    AND wanted.language IS NOT DISTINCT FROM documents.language;

CREATE OR REPLACE TEMP TABLE fresh AS
SELECT
    wanted.*,
    (SELECT coalesce(max(document), 0) FROM kept) + CAST(row_number() OVER () AS INTEGER) AS document
FROM wanted
ANTI JOIN kept USING (article_id, revision);

-- A word of the headline counts as four of the text.
CREATE OR REPLACE TEMP TABLE tokens AS
SELECT
    document,
    stemmer,
    word,
    count(*) AS times
FROM (
    SELECT
        fresh.document,
        fresh.stemmer,
        unnest(
            regexp_extract_all(
                lower(nfc_normalize(concat_ws(' ', articles.title, articles.title, articles.title, articles.title, articles.text))),
                '[\p{L}\p{M}\p{N}]+'
            )
        ) AS word
    FROM fresh
    INNER JOIN snapshot.articles AS articles
        ON articles.article_id = fresh.article_id
        AND articles.revision = fresh.revision
)
GROUP BY document, stemmer, word;

CREATE OR REPLACE TEMP TABLE stems AS
SELECT
    stemmer,
    word,
    strip_accents(stem(word, stemmer)) AS term
FROM (SELECT DISTINCT stemmer, word FROM tokens);

CREATE OR REPLACE TEMP TABLE terms AS
SELECT
    stems.term,
    tokens.document,
    CAST(sum(tokens.times) AS INTEGER) AS times
FROM tokens
INNER JOIN stems USING (stemmer, word)
GROUP BY stems.term, tokens.document;

CREATE TABLE index.documents AS
SELECT document, article_id, revision, source_id, published_on, language, stemmer, words
FROM kept
UNION ALL
SELECT
    fresh.document,
    fresh.article_id,
    fresh.revision,
    fresh.source_id,
    fresh.published_on,
    fresh.language,
    fresh.stemmer,
    coalesce(lengths.words, 0) AS words
FROM fresh
LEFT JOIN (SELECT document, CAST(sum(times) AS INTEGER) AS words FROM terms GROUP BY document) AS lengths
    ON lengths.document = fresh.document;

-- In the order of terms, so that a search reads those row groups alone that have its words. The
-- length of the article stands on each row: scoring then reads nothing else.
CREATE TABLE index.postings AS
SELECT term, stemmer, document, times, words FROM before.postings SEMI JOIN kept USING (document)
UNION ALL
SELECT terms.term, documents.stemmer, terms.document, terms.times, documents.words
FROM terms
INNER JOIN index.documents AS documents USING (document)
ORDER BY term, stemmer, document;

CREATE TABLE index.terms AS
SELECT term, stemmer, count(*) AS articles
FROM index.postings
GROUP BY term, stemmer
ORDER BY term, stemmer;
