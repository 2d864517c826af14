CREATE OR REPLACE VIEW open_alerts AS
SELECT
    alerts.alert_key,
    alerts.kind,
    alerts.subject,
    alerts.source_id,
    alerts.is_urgent,
    alerts.since_at,
    alerts.recorded_at,
    alerts.detail
FROM alerts
WHERE alerts.state IN ('started', 'eased', 'returned', 'ended')
    AND alerts.recorded_at <= now() + INTERVAL 1 HOUR -- later ones were made by a wrong clock
QUALIFY row_number() OVER (PARTITION BY alerts.alert_key ORDER BY alerts.recorded_at DESC) = 1
    AND alerts.state != 'ended';
COMMENT ON VIEW open_alerts IS 'The problems that are open, as of the last run';
