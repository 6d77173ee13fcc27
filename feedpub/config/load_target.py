"""From settings to where everything is published."""

from feedpub.config import target_schema as schema
from feedpub.config.resolve import Resolved
from feedpub.config.values import BucketConfig


def build_bucket(resolved: Resolved) -> BucketConfig | None:
    """Return the bucket to publish in, or None for a folder; faults are added to ``resolved``."""
    target = resolved.get(schema.TARGET)
    if target is None:
        lonely = [one for one in schema.S3 if resolved.raw(one) != one.default]
        if lonely and not resolved.has_failed(schema.TARGET):
            resolved.warnings.append(
                f"{resolved.origin(lonely[0])}: there is no target, so [s3] does nothing;"
                ' add target = "s3://bucket/folder" above the first section'
            )
        return None
    return BucketConfig(
        bucket=target[0],
        prefix=target[1],
        endpoint=resolved.get(schema.ENDPOINT),
        region=resolved.get(schema.REGION),
        virtual_host=resolved.get(schema.VIRTUAL_HOST),
        conditional_put=resolved.get(schema.CONDITIONAL_PUT),
        timeout_s=resolved.get(schema.TIMEOUT),
    )
