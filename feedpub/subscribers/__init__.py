"""Who gets the newsletter: addresses, states, limits, links, and lists of them as files. Pure."""
