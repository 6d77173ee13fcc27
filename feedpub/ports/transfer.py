"""What is told of a database that was taken over into another one."""

from typing import NamedTuple


class Taken(NamedTuple):
    """What a table holds.

    Attributes:
        table: Its name.
        rows: How many there are.
        digest: Over all of them, in the order of their keys.
    """

    table: str
    rows: int
    digest: str
