"""Wires the pages for subscribers: settings in, what renders them out."""

from feedpub.config import Config
from feedpub.pages.people import PeoplePages
from feedpub.subscribers.addresses import mask_address


def make_people_pages(config: Config) -> PeoplePages:
    """Return the templates of the pages for subscribers."""
    newsletter = config.newsletter
    return PeoplePages(
        config.site,
        title=config.site.title if newsletter is None else newsletter.title,
        mask=mask_address,
        languages=() if newsletter is None else newsletter.languages,
        templates=[config.pages.templates],
    )
