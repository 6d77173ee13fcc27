"""Run by alembic: apply the versions on the connection that ``feedpub.store.upgrade`` brings."""

from alembic import context

from feedpub.store.newsletter_schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
