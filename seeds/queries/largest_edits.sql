-- Which edits changed most words, and which statements, names and numbers with them?
SELECT
    source_id,
    title,
    words_added,
    words_cut,
    statements_added,
    statements_removed,
    names_added,
    names_removed,
    numbers_changed
FROM edits
WHERE words_added + words_cut >= 10
ORDER BY words_added + words_cut DESC, source_id, title
LIMIT 20
