"""``python -m feedpub``, for a machine whose PATH does not lead to the script."""

from feedpub.cli.main import main

if __name__ == "__main__":
    main()
