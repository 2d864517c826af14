-- Where statements name an entity, the newest first; `statements_at_places` has the words.
-- `named_here`: where the entity is named, see `mentions_of_entity`; $since, $until: the days;
-- $most: how many.
-- Names between the pieces of an interrupted statement are not part of it.
SELECT DISTINCT
    quotations.article_id,
    quotations.start_char,
    quotations.published_on,
    quotations.published_at
FROM latest_quotations AS quotations
INNER JOIN named_here AS named
    ON named.article_id = quotations.article_id
    AND named.revision = quotations.revision
    AND named.start_char >= quotations.start_char
    AND named.end_char <= quotations.end_char
WHERE quotations.published_on BETWEEN $since AND $until
    AND quotations.act = 'speech'
    AND (
        len(quotations.fragments) = 1
        OR len([
            1 FOR fragment IN quotations.fragments
            IF named.start_char >= fragment[1] AND named.end_char <= fragment[2]
        ]) > 0
    )
ORDER BY quotations.published_at DESC NULLS LAST, quotations.article_id, quotations.start_char
LIMIT $most
