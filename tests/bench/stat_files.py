"""The cheapest question about a folder of posts: has any file changed?

Run as ``python -I -S stat_files.py POSTS``; prints the number of files. One process, one pass.
"""

import os
import sys


def stat_files(folder: str) -> int:
    """Return how many files lie below a folder, each of them asked for its state."""
    count = 0
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                count += stat_files(entry.path)
            else:
                entry.stat(follow_symlinks=False)
                count += 1
    return count


if __name__ == "__main__":
    print(stat_files(sys.argv[1]))
