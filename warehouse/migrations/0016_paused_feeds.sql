-- The same column has one more value.
COMMENT ON COLUMN feeds.state IS 'listed, paused (not polled until it is resumed), moved (to a new URL), gone (410) or removed (from the list)';
