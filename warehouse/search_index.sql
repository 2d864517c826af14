-- Fills an index. `snapshot` is a warehouse, the table `wanted` has the articles to index, `index` is
-- the new database and `before` the previous index of the month. Unchanged articles are copied from
-- `before`, so that the cost depends on the number of new ones.
CREATE OR REPLACE TEMP TABLE kept AS
SELECT
    documents.document,
    documents.article_id,
    documents.revision,
    documents.source_id,
    documents.published_on,
    documents.language,
    documents.stemmer,
    documents.words,
    wanted.row
FROM before.documents AS documents
INNER JOIN wanted
    ON wanted.article_id = documents.article_id
    AND wanted.revision = documents.revision
    AND wanted.published_on IS NOT DISTINCT FROM documents.published_on
    AND wanted.language IS NOT DISTINCT FROM documents.language;

CREATE OR REPLACE TEMP TABLE fresh AS
SELECT
    wanted.*,
    (SELECT coalesce(max(document), 0) FROM kept) + CAST(row_number() OVER () AS INTEGER) AS document
FROM wanted
ANTI JOIN kept USING (article_id, revision);

-- A word of the headline counts as four words of the text.
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

-- Terms are numbered in sorted order: a posting is four small numbers.
CREATE OR REPLACE TEMP TABLE numbered AS
SELECT
    CAST(row_number() OVER (ORDER BY term, stemmer) AS INTEGER) AS number,
    term,
    stemmer
FROM (SELECT term, stemmer FROM before.terms UNION SELECT term, stemmer FROM stems);

CREATE TABLE index.documents AS
SELECT document, article_id, revision, source_id, published_on, language, stemmer, words, row
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
    coalesce(lengths.words, 0) AS words,
    fresh.row
FROM fresh
LEFT JOIN (SELECT document, CAST(sum(times) AS INTEGER) AS words FROM tokens GROUP BY document) AS lengths
    ON lengths.document = fresh.document;

-- Sorted by term, so that a search reads only the row groups with its words. Each row has the
-- length of the article, so scoring reads no other table.
CREATE TABLE index.postings AS
SELECT numbered.number AS term, postings.document, postings.times, postings.words
FROM before.postings AS postings
SEMI JOIN kept ON kept.document = postings.document
INNER JOIN before.terms AS terms ON terms.number = postings.term
INNER JOIN numbered ON numbered.term = terms.term AND numbered.stemmer = terms.stemmer
UNION ALL
SELECT counted.number AS term, counted.document, counted.times, documents.words
FROM (
    SELECT
        numbered.number,
        tokens.document,
        CAST(sum(tokens.times) AS INTEGER) AS times
    FROM tokens
    INNER JOIN stems USING (stemmer, word)
    INNER JOIN numbered USING (term, stemmer)
    GROUP BY numbered.number, tokens.document
) AS counted
INNER JOIN index.documents AS documents ON documents.document = counted.document
ORDER BY term, document;

-- A term is found by its key: to compare numbers is faster than to unpack words.
CREATE TABLE index.terms AS
SELECT
    numbered.number,
    numbered.term,
    numbered.stemmer,
    counted.articles,
    md5_number_lower(numbered.term) AS key
FROM numbered
INNER JOIN (SELECT term, count(*) AS articles FROM index.postings GROUP BY term) AS counted
    ON counted.term = numbered.number
ORDER BY numbered.number;
