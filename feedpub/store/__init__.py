"""Where the catalog is kept."""
