-- Wordings in some batches that are like an earlier wording of the same speaker, within a week.
-- $batches: the batches, as JSON; $least: shared runs of three words as a share of those of the shorter
-- wording; $sure: runs of three words from which that is enough, shorter ones must be contained
-- wholly. A person's last name stands for the person if the other wording has the full name. Of a
-- statement that the outlet tells in its own words, only what is in quotation marks is compared, if
-- that is long enough.
WITH worded AS (
    SELECT
        fingerprint,
        speaker,
        published_at,
        published_on,
        batch_id IN (SELECT unnest(from_json($batches, '["VARCHAR"]'))) AS is_new,
        regexp_extract_all(
            lower(replace(coalesce(statement, text), '’', '''')), '[\p{L}\p{N}'']+'
        ) AS all_words,
        CASE
            WHEN kind = 'mixed'
                THEN regexp_extract_all(
                    lower(replace(
                        array_to_string(
                            regexp_extract_all(coalesce(statement, text), '[“„«"]([^“”„«»"]+)[”“»"]', 1), ' '
                        ),
                        '’',
                        ''''
                    )),
                    '[\p{L}\p{N}'']+'
                )
            ELSE []
        END AS quoted_words
    FROM quotations
    WHERE published_on BETWEEN CAST($first_on AS DATE) - 7 AND CAST($last_on AS DATE) + 7
        AND fingerprint IS NOT NULL
        AND speaker IS NOT NULL
        AND coalesce(act, 'speech') = 'speech'
        AND lower(string_split(speaker, ' ')[-1]) IN (SELECT unnest(from_json($last_names, '["VARCHAR"]')))
),
wordings AS (
    SELECT
        fingerprint,
        speaker,
        lower(string_split(speaker, ' ')[-1]) AS last_name,
        min(published_at) AS told_at,
        bool_and(is_new) AS is_new,
        arg_min(
            CASE WHEN len(quoted_words) >= $sure + 2 THEN quoted_words ELSE all_words END,
            published_at
        ) AS words
    FROM worded
    GROUP BY fingerprint, speaker
),
runs AS (
    SELECT
        fingerprint,
        speaker,
        last_name,
        told_at,
        is_new,
        list_distinct([
            hash(run)
            FOR run IN list_zip(words, words[2:], words[3:], true)
        ]) AS runs
    FROM wordings
    WHERE len(words) > 3
),
placed AS (
    SELECT
        fingerprint,
        speaker,
        last_name,
        told_at,
        is_new,
        len(runs) AS length,
        unnest(runs) AS run
    FROM runs
),
pairs AS (
    SELECT
        new.fingerprint,
        new.speaker,
        new.told_at,
        other.fingerprint AS like_fingerprint,
        other.speaker AS like_speaker,
        other.told_at AS like_told_at,
        least(new.length, other.length) AS shorter,
        count(*) / least(new.length, other.length) AS containment
    FROM placed AS new
    INNER JOIN placed AS other USING (last_name, run)
    WHERE new.is_new
        AND (new.fingerprint <> other.fingerprint OR new.speaker <> other.speaker)
        AND (
            NOT other.is_new
            OR other.told_at < new.told_at
            OR (other.told_at = new.told_at AND (other.fingerprint, other.speaker) < (new.fingerprint, new.speaker))
        )
        AND abs(date_diff('day', new.told_at, other.told_at)) <= 7
        AND (
            new.speaker = other.speaker
            OR NOT contains(new.speaker, ' ')
            OR NOT contains(other.speaker, ' ')
        )
    GROUP BY
        new.fingerprint,
        new.speaker,
        new.told_at,
        new.length,
        other.fingerprint,
        other.speaker,
        other.told_at,
        other.length
    HAVING containment >= CASE WHEN shorter >= $sure THEN $least ELSE 1 END
)
SELECT
    pairs.fingerprint,
    pairs.speaker,
    pairs.told_at,
    pairs.like_fingerprint,
    pairs.like_speaker,
    pairs.containment,
    known.statement_id
FROM pairs
LEFT JOIN current_wordings AS known
    ON known.fingerprint = pairs.like_fingerprint
    AND known.speaker = pairs.like_speaker
ANTI JOIN statement_wordings AS present
    ON present.fingerprint = pairs.fingerprint
    AND present.speaker = pairs.speaker
ORDER BY pairs.told_at, pairs.fingerprint, pairs.speaker, pairs.containment DESC, pairs.like_told_at
