"""SQLite and blobs; numbered migrations in plain SQL."""
