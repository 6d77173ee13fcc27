"""The API of everything about subscribers: who they are, what they chose, what they agreed to."""

from feedpub.audience.api import Audience
from feedpub.audience.setup import AudienceSetup, Policy
from feedpub.subscribers.addresses import mask_address

__all__ = ["Audience", "AudienceSetup", "Policy", "mask_address"]
