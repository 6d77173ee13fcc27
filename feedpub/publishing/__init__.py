"""The two halves of a build: sources into the catalog, the catalog into documents."""
