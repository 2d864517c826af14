-- The clusters that were merged into some clusters. $clusters: their keys.
SELECT
    cluster_id,
    into_cluster_id
FROM current_merges
WHERE list_contains($clusters, into_cluster_id)
