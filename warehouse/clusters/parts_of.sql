-- The clusters that were merged into some clusters. $clusters: their keys, as JSON.
SELECT
    cluster_id,
    into_cluster_id
FROM current_merges
WHERE into_cluster_id IN (SELECT unnest(from_json($clusters, '["VARCHAR"]')))
