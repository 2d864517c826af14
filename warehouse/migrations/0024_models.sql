-- Names may be found by a trained model, whose version is not that of the transform.
ALTER TABLE analyses ADD COLUMN model VARCHAR;
COMMENT ON COLUMN analyses.model IS 'Trained model that found the names, with its version; NULL if the rules did';
