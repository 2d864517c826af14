"""How answers are written: formats, tables on the terminal, and rows as text."""
