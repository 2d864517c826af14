-- A watch may follow a story.
ALTER TABLE watches ADD COLUMN story_id VARCHAR;
COMMENT ON COLUMN watches.story_id IS 'Story that the article must belong to, NULL if any; if it became part of another story, that one counts';
COMMENT ON COLUMN watch_looks.batch_id IS 'Batch that appended the articles, or that put articles into stories';
