"""The DuckDB warehouse: migrations, appends and views. SQL is in `.sql` files."""
