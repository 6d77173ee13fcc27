"""What an article is, over time: identity, categories, duplicates. Pure."""
