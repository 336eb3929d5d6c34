"""The database: tables, queries by noun, migrations."""
