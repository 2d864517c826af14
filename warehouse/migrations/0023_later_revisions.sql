-- The views of newest revisions leave out what a later revision replaced. To find the later ones in
-- a million articles took longer than the rest of most queries, so a table of their own has them.
CREATE TABLE later_revisions (
    article_id VARCHAR NOT NULL,
    revision INTEGER NOT NULL,
    batch_id VARCHAR NOT NULL
);
COMMENT ON TABLE later_revisions IS 'One row per revision of an article after its first one; the views read it, articles has the revisions';
COMMENT ON COLUMN later_revisions.article_id IS 'Article';
COMMENT ON COLUMN later_revisions.revision IS 'Revision, 2 or more';
COMMENT ON COLUMN later_revisions.batch_id IS 'Batch that appended the revision';
INSERT INTO later_revisions
SELECT
    article_id,
    revision,
    batch_id
FROM articles
WHERE revision > 1
ORDER BY rowid;
