-- severity: error
-- Statements without pieces, or with a piece outside the statement or before an earlier piece.
SELECT
    article_id AS subject,
    'statement at ' || start_char || ' to ' || end_char || ': pieces ' || CAST(fragments AS VARCHAR) AS detail
FROM quotations
WHERE len(fragments) = 0
    OR fragments[1][1] < start_char
    OR fragments[-1][2] > end_char
    OR len(fragments) > 1 AND len([
        1 FOR piece IN range(1, len(fragments)) IF fragments[piece][2] > fragments[piece + 1][1]
    ]) > 0
    OR len([1 FOR fragment IN fragments IF fragment[2] <= fragment[1]]) > 0
