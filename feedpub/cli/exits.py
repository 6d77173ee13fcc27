"""What commands exit with besides 0, and besides the codes that errors bring along."""

EXIT_FAILURE = 1
EXIT_INVALID = 3
EXIT_PARTLY = 4
EXIT_LATER = 75
EXIT_INTERRUPTED = 130
