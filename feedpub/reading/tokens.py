"""What permalinks are made of: the parts of a date, and names as each generator writes them."""

import re
from collections.abc import Callable
from datetime import datetime

_SPECIAL = re.compile(r"[\s~`!@#$%^&*()\-_+=\[\]{}|\\;:\"'<>,.?/]+")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_NOT_WORD = re.compile(r"[^\w]+")
_NOT_URL_WORD = re.compile(r"[^\w\s./\\#+~-]")

DAY_FORMS: dict[str, Callable[[datetime], str]] = {
    "year": lambda day: f"{day.year:04}",
    "short_year": lambda day: f"{day.year % 100:02}",
    "month": lambda day: f"{day.month:02}",
    "i_month": lambda day: str(day.month),
    "short_month": lambda day: day.strftime("%b"),
    "long_month": lambda day: day.strftime("%B"),
    "monthname": lambda day: day.strftime("%B").lower(),
    "day": lambda day: f"{day.day:02}",
    "i_day": lambda day: str(day.day),
    "y_day": lambda day: f"{day.timetuple().tm_yday:03}",
    "yearday": lambda day: str(day.timetuple().tm_yday),
    "week": lambda day: f"{day.isocalendar()[1]:02}",
    "w_year": lambda day: str(day.isocalendar()[0]),
    "w_day": lambda day: str(day.isocalendar()[2]),
    "short_day": lambda day: day.strftime("%a"),
    "long_day": lambda day: day.strftime("%A"),
    "weekday": lambda day: str(day.isoweekday() % 7),
    "weekdayname": lambda day: day.strftime("%A").lower(),
    "hour": lambda day: f"{day.hour:02}",
    "minute": lambda day: f"{day.minute:02}",
    "second": lambda day: f"{day.second:02}",
    "timestamp": lambda day: str(int(day.timestamp())),
}


def slugize(text: str) -> str:
    """Return Hexo's slug: special characters become dashes, letters keep their case."""
    return _SPECIAL.sub("-", _CONTROLS.sub("", text)).strip("-")


def jekyll_slug(text: str, *, lower: bool) -> str:
    """Return Jekyll's slug in its mode "default"."""
    slug = _NOT_WORD.sub("-", text.replace("_", "-") if lower else text).strip("-")
    return slug.lower() if lower else slug


def urlize(text: str) -> str:
    """Return Hugo's form of a name in a URL: lower case, dashes for blanks, few signs."""
    return re.sub(r"[\s-]+", "-", _NOT_URL_WORD.sub("", text)).strip("-").lower()
