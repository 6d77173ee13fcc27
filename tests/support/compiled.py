"""Templates are compiled once for all tests of a process: that takes half of a small build."""

from functools import cache
from typing import Any


@cache
def compile_once() -> None:
    """Have every environment of jinja2 take what another has compiled from the same source.

    What code a source makes depends on the environment's settings, too. Feedpub has one place that
    makes them, always alike (``feedpub/pages/engine.py``).
    """
    from jinja2 import Environment

    compiled: dict[tuple[Any, ...], Any] = {}
    really_compile = Environment.compile

    def compile_new(self: Environment, *what: Any, **options: Any) -> Any:
        names = (frozenset(self.filters), frozenset(self.tests), frozenset(self.extensions))
        key = (type(self), names, what, *sorted(options.items()))
        if key not in compiled:
            compiled[key] = really_compile(self, *what, **options)
        return compiled[key]

    Environment.compile = compile_new  # type: ignore[method-assign, assignment]
