"""The DuckDB warehouse: migrations, appends, views. SQL lives in `.sql` files."""
