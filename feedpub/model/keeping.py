"""What came of keeping articles as files, for ``feedpub export``."""

from dataclasses import dataclass

from feedpub.model.publishing import Problem


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What ``Publisher.export`` did.

    Attributes:
        articles: That were asked for and are in the folder now.
        written: Articles whose file is new or other than before.
        pictures: Copied.
        problems: An error for each article that is not there as it should be, a warning for a
            picture that is not.
    """

    articles: int
    written: int
    pictures: int
    problems: tuple[Problem, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that left an article out."""
        return tuple(problem for problem in self.problems if problem.level == "error")
