-- Archived pages that no batch has loaded, and that are still what their entries asked for.
-- $pages: JSON list of {url, captured_at, warc_file, warc_offset}. A later attempt to fetch the
-- page, a later visit, or a later change of its entry asks for a new answer.
WITH archived AS (
    SELECT unnest(
        from_json(
            $pages,
            '[{"url": "VARCHAR", "captured_at": "TIMESTAMPTZ", "warc_file": "VARCHAR", "warc_offset": "BIGINT"}]'
        ),
        recursive := TRUE
    )
)
SELECT
    archived.url,
    archived.warc_file,
    archived.warc_offset
FROM archived
ANTI JOIN documents
    ON documents.warc_file = archived.warc_file AND documents.warc_offset = archived.warc_offset
ANTI JOIN fetches
    ON fetches.url = archived.url AND fetches.fetched_at >= archived.captured_at
ANTI JOIN visits
    ON visits.url = archived.url AND visits.visited_at >= archived.captured_at
ANTI JOIN entries
    ON entries.url = archived.url AND entries.seen_at > archived.captured_at
    AND entries.status IN ('new', 'changed')
QUALIFY row_number() OVER (PARTITION BY archived.url ORDER BY archived.captured_at DESC) = 1
