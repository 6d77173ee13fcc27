"""The store on PostgreSQL: what differs from SQLite, behind the same classes."""
