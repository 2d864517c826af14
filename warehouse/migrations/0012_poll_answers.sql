-- Every answer is archived, also those that bring no feed: where they lie is told as well.

COMMENT ON COLUMN polls.warc_file IS 'Archive file of the last answer, below the archive folder; NULL where none came';
