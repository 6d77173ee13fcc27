"""The contenders over one number of posts, and the runs that they make."""

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path

from tests.bench import feedpub_site, generator, hugo, measure, verify
from tests.bench.measure import Command, Memory, Timing

FEEDPUB, HUGO, NAIVE, STAT = "feedpub", "Hugo", "naive script", "bare stat"
ONE_NEW, NOTHING_NEW = "one new post", "nothing new"

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Places:
    """Where the benchmark works.

    Attributes:
        work: Posts, which are kept for the next run, and sites with their databases; on disk.
        output: What the contenders publish; on tmpfs.
    """

    work: Path
    output: Path


class Contest:
    """Builds the same posts with every contender; made anew for each number of posts.

    Attributes:
        faults: What the contenders did not do alike, so that their times say little.
    """

    def __init__(self, places: Places, posts: int, *, hugo_binary: Path) -> None:
        self.places = places
        self.count = posts
        self.faults: list[str] = []
        self.posts = generator.make_posts(places.work, posts)
        generator.remove_new_posts(self.posts)
        measure.warm(self.posts)
        self.output = places.output / str(posts)
        self.site = feedpub_site.make_site(
            places.work / f"feedpub-{posts}", self.output / FEEDPUB, self.posts
        )
        site = hugo.make_site(places.work / f"hugo-{posts}", self.posts)
        self._hugo = tuple(hugo.build_command(hugo_binary, site, self.output / HUGO))

    def run_cold(self, rounds: int, *, naive: bool) -> dict[str, Timing]:
        """Build everything from nothing, each contender in turn."""
        commands = self._cold_commands()
        if not naive:
            del commands[NAIVE]
        timings = measure.run_in_turn(commands, rounds)
        self._check_outputs(*commands)
        return timings

    def run_again(self, rounds: int) -> dict[str, Timing]:
        """Add a post and build, then build with nothing new; needs the outputs of run_cold."""
        numbers = count()
        build = self.site.build_command()
        commands = {
            ONE_NEW: Command(
                build, prepare=lambda: generator.write_new_post(self.posts, next(numbers))
            ),
            HUGO: Command(self._hugo),
            STAT: Command(
                [sys.executable, "-I", "-S", str(_HERE / "stat_files.py"), str(self.posts)]
            ),
            NOTHING_NEW: Command(build),
        }
        try:
            timings = measure.run_in_turn(commands, rounds)
            self._check_outputs(FEEDPUB, HUGO)
            self._check_nothing_written()
        finally:
            generator.remove_new_posts(self.posts)
        return timings

    def watch_memory(self) -> dict[str, Memory]:
        """Build from nothing with feedpub and with Hugo, once each."""
        commands = self._cold_commands()
        return {name: measure.watch_memory(commands[name]) for name in (FEEDPUB, HUGO)}

    def run_defaults(self) -> Timing:
        """Build from nothing, once, with every setting at its default: pages, archives, thumbnails.

        Offline, because the pictures of generated posts do not exist.
        """
        site = feedpub_site.make_site(
            self.places.work / f"feedpub-{self.count}-defaults",
            self.output / "defaults",
            self.posts,
            defaults=True,
        )
        return measure.run(Command(site.build_command("--offline"), prepare=site.reset))

    def time_stages(self) -> dict[str, Timing]:
        """Return the output of tests.bench.stages for a cold build and for one with nothing new."""
        command = [sys.executable, "-m", "tests.bench.stages", str(self.site.folder)]
        checkout = _HERE.parent.parent
        return {
            "cold build": measure.run(Command(command, checkout, self.site.reset)),
            NOTHING_NEW: measure.run(Command(command, checkout)),
        }

    def close(self) -> None:
        """Remove what was published; posts and sites stay for whoever wants to look."""
        shutil.rmtree(self.output, ignore_errors=True)

    def _cold_commands(self) -> dict[str, Command]:
        naive = [sys.executable, "-P", str(_HERE / "naive.py"), str(self.posts)]
        return {
            FEEDPUB: Command(self.site.build_command(), prepare=self.site.reset),
            HUGO: Command(self._hugo, prepare=self._remover(HUGO)),
            NAIVE: Command([*naive, str(self.output / NAIVE)], prepare=self._remover(NAIVE)),
        }

    def _remover(self, name: str) -> Callable[[], None]:
        return partial(shutil.rmtree, self.output / name, ignore_errors=True)

    def _check_outputs(self, *names: str) -> None:
        ours = verify.read_published(self.output / FEEDPUB)
        expected = generator.NODES * len(verify.FORMATS)
        if ours.count != expected:
            self._note(f"feedpub made {ours.count} feeds, not {expected}")
        for name in names:
            difference = ours.compare(verify.read_published(self.output / name))
            if difference:
                self._note(f"feedpub and {name} differ: {difference}")

    def _check_nothing_written(self) -> None:
        folders = (self.site.folder, self.site.output)
        before = verify.list_state(*folders)
        blocks = measure.run(Command(self.site.build_command())).blocks
        after = verify.list_state(*folders)
        changed = [path for path in before | after if before.get(path) != after.get(path)]
        if changed or blocks:
            told = ", ".join(os.path.relpath(path, self.places.work) for path in changed[:3])
            self._note(f"nothing new, but {blocks} blocks written and changed: {told}")

    def _note(self, fault: str) -> None:
        self.faults.append(f"{self.count:,} posts: {fault}")
