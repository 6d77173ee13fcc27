"""The halves of ``feedpub.newsletter``: when an issue is due, what is in it, how it goes out."""
