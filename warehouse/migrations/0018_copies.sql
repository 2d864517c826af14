-- New articles are compared with earlier ones after their batch is appended. What is found is a
-- batch of its own, with the batches that it looked at, so nothing is compared twice or left out.
CREATE TABLE linked_batches (
    step VARCHAR NOT NULL,
    linked_batch_id VARCHAR NOT NULL,
    linked_at TIMESTAMPTZ NOT NULL,
    transform_version INTEGER NOT NULL,
    batch_id VARCHAR NOT NULL
);
COMMENT ON TABLE linked_batches IS 'Ledger: one row per batch and step that compared its articles with earlier ones';
COMMENT ON COLUMN linked_batches.step IS 'copies, edits, stories or wordings';
COMMENT ON COLUMN linked_batches.linked_batch_id IS 'Batch that appended the articles';
COMMENT ON COLUMN linked_batches.linked_at IS 'When they were compared, UTC';
COMMENT ON COLUMN linked_batches.transform_version IS 'Version of the step';
COMMENT ON COLUMN linked_batches.batch_id IS 'Batch that appended this row and what the step found';

CREATE TABLE fingerprints (
    article_id VARCHAR NOT NULL,
    hashes UINTEGER[] NOT NULL,
    batch_id VARCHAR NOT NULL
);
COMMENT ON TABLE fingerprints IS 'One row per revision with runs of five words that earlier articles of its cluster do not have; copies are found by them';
COMMENT ON COLUMN fingerprints.article_id IS 'Article';
COMMENT ON COLUMN fingerprints.hashes IS 'Hashes of a sample of these runs';
COMMENT ON COLUMN fingerprints.batch_id IS 'Batch that appended this row';

CREATE TABLE copies (
    article_id VARCHAR NOT NULL,
    revision INTEGER NOT NULL,
    cluster_id VARCHAR NOT NULL,
    copied_article_id VARCHAR NOT NULL,
    similarity DOUBLE NOT NULL,
    containment DOUBLE NOT NULL,
    words_added INTEGER NOT NULL,
    words_cut INTEGER NOT NULL,
    added VARCHAR[] NOT NULL,
    cut VARCHAR[] NOT NULL,
    transform_version INTEGER NOT NULL,
    batch_id VARCHAR NOT NULL
);
COMMENT ON TABLE copies IS 'One row per revision of an article that is a copy of an earlier article; the view clusters shows what holds now';
COMMENT ON COLUMN copies.article_id IS 'Article';
COMMENT ON COLUMN copies.revision IS 'Revision of the article';
COMMENT ON COLUMN copies.cluster_id IS 'Cluster that it was added to: the key of its first article';
COMMENT ON COLUMN copies.copied_article_id IS 'Earlier article that it is most like';
COMMENT ON COLUMN copies.similarity IS 'Shared passages as a share of all passages of both, 0 to 1; quotations count a quarter';
COMMENT ON COLUMN copies.containment IS 'Shared passages as a share of the shorter text, 0 to 1';
COMMENT ON COLUMN copies.words_added IS 'Words that the earlier article does not have';
COMMENT ON COLUMN copies.words_cut IS 'Words of the earlier article that this one does not have';
COMMENT ON COLUMN copies.added IS 'Passages of three words and more that the earlier article does not have, at most 20';
COMMENT ON COLUMN copies.cut IS 'Passages of three words and more that only the earlier article has, at most 20';
COMMENT ON COLUMN copies.transform_version IS 'Version of the step that found it';
COMMENT ON COLUMN copies.batch_id IS 'Batch that appended this row';

CREATE TABLE cluster_merges (
    cluster_id VARCHAR NOT NULL,
    into_cluster_id VARCHAR NOT NULL,
    merged_at TIMESTAMPTZ NOT NULL,
    batch_id VARCHAR NOT NULL
);
COMMENT ON TABLE cluster_merges IS 'One row per cluster that turned out to be part of an older one; the last row counts';
COMMENT ON COLUMN cluster_merges.cluster_id IS 'Cluster';
COMMENT ON COLUMN cluster_merges.into_cluster_id IS 'Cluster that it is part of';
COMMENT ON COLUMN cluster_merges.merged_at IS 'When this was found, UTC';
COMMENT ON COLUMN cluster_merges.batch_id IS 'Batch that appended this row';

COMMENT ON COLUMN stages.stage IS 'poll (feeds), fetch (waiting for pages), read (files), analyse, append, link (copies, edits, stories) or publish';
