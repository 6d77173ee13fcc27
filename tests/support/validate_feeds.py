"""Run the W3C feed validator over documents: python validate_feeds.py CHECKOUT < JOBS.

``CHECKOUT`` is one of https://github.com/w3c/feedvalidator; the interpreter needs its
``requirements.txt``. Jobs are a JSON list of [path, address that it is published at]; the answer
is a JSON list of [path, [complaint, ...]], errors and warnings alike. It is a program of its own
because the validator is not made for the warnings-are-errors of our tests.
"""

import json
import sys
import warnings
from pathlib import Path

# Two articles of one minute are no fault, and nothing honest can be done about them.
IGNORED = {"DuplicateUpdated"}


def main() -> None:
    """Answer the jobs on standard input."""
    warnings.simplefilter("ignore")
    sys.path.insert(0, str(Path(sys.argv[1], "src")))
    import feedvalidator
    from feedvalidator import compatibility

    def complain(path: str, address: str) -> list[str]:
        data = Path(path).read_bytes()
        events = feedvalidator.validateString(data, firstOccurrenceOnly=0, base=address)
        return [
            f"{type(event).__name__} {event.params}"
            for event in compatibility.AA(events["loggedEvents"])
            if type(event).__name__ not in IGNORED
        ]

    print(json.dumps([[path, complain(path, address)] for path, address in json.load(sys.stdin)]))


if __name__ == "__main__":
    main()
