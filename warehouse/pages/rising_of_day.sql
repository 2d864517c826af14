-- What was in more articles on a day than in the four weeks before. $day: the day; $most: how many.
SELECT
    kind,
    name,
    articles,
    expected,
    sources
FROM trending_over($day, [1])
ORDER BY score DESC, name
LIMIT $most
