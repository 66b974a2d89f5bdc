// SQLite memory
