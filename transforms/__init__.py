"""Pure functions from documents to rows: no network, no clock, no database."""
