-- The newest day with articles up to a day, and the days with articles before and after it.
-- $asked_on: the day, NULL for today.
WITH days AS (
    SELECT DISTINCT published_on
    FROM articles
    WHERE published_on <= current_date
),
newest AS (
    SELECT max(published_on) AS published_on
    FROM days
    WHERE published_on <= coalesce($asked_on, current_date)
)
SELECT
    newest.published_on,
    max(days.published_on) FILTER (days.published_on < newest.published_on) AS before_on,
    min(days.published_on) FILTER (days.published_on > newest.published_on) AS after_on
FROM newest
CROSS JOIN days
GROUP BY newest.published_on
