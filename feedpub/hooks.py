"""Tells the operator how a send ended: a command of theirs is run, or a URL is called."""

import logging
import os
import shlex
import subprocess

from feedpub.errors import FetchError

TIMEOUT_S = 60

_log = logging.getLogger(__name__)


class Hooks:
    """The operator's ``on_success`` and ``on_failure``; what goes wrong in them stops nothing."""

    def __init__(self, on_success: str, on_failure: str, *, title: str) -> None:
        """Remember them.

        Args:
            on_success: Command line or URL, empty for none.
            on_failure: Same.
            title: Of the newsletter, told along.
        """
        self._hooks = {True: on_success, False: on_failure}
        self._title = title

    def __call__(self, success: bool, message: str) -> None:
        """Tell of the end of a run.

        A command gets ``FEEDPUB_OUTCOME`` (``success`` or ``failure``), ``FEEDPUB_TITLE`` and
        ``FEEDPUB_MESSAGE`` in its environment, and the message on its standard input. A URL gets
        ``outcome``, ``title`` and ``message`` by POST, as a form.
        """
        hook = self._hooks[success]
        if not hook:
            return
        outcome = "success" if success else "failure"
        if hook.startswith(("http://", "https://")):
            self._post(hook, outcome, message)
        else:
            self._run(hook, outcome, message)

    def _run(self, command: str, outcome: str, message: str) -> None:
        environment = {
            "FEEDPUB_OUTCOME": outcome,
            "FEEDPUB_TITLE": self._title,
            "FEEDPUB_MESSAGE": message,
        }
        try:
            done = subprocess.run(
                shlex.split(command),
                input=message + "\n",
                text=True,
                timeout=TIMEOUT_S,
                check=False,
                env={**os.environ, **environment},
            )
        except (OSError, ValueError, subprocess.TimeoutExpired) as error:
            _log.warning("on_%s: %s", outcome, error)
            return
        if done.returncode:
            _log.warning("on_%s: the command ended with %d", outcome, done.returncode)

    def _post(self, url: str, outcome: str, message: str) -> None:
        from feedpub.net import Fetcher

        fields = [("outcome", outcome), ("title", self._title), ("message", message)]
        try:
            # The operator's own URL, which may be anywhere.
            with Fetcher(allow_private=True, ports=None) as fetcher:
                fetcher.post_form(url, fields, deadline_s=TIMEOUT_S)
        except FetchError as error:
            _log.warning("on_%s: %s", outcome, error)
