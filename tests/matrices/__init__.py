"""A fault at every system call of a run, one run each; each module is a command of its own."""
