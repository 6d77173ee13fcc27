"""What the tests of issues share: a site with a newsletter, mailing into a folder."""

from pathlib import Path

import pytest

from tests.support.press import Press


@pytest.fixture
def press(tmp_path: Path) -> Press:
    """A site with one old article, and a newsletter that is due on Fridays."""
    return Press(tmp_path)
