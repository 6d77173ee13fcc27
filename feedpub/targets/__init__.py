"""Where documents are published."""
