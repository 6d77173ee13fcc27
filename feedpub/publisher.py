"""The API behind every face: read what is new, publish what changed."""
