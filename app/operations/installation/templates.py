"""Templates of our own that invoices are shown with."""

from uuid import UUID

from app.documents.rendering import refuse_unless_runnable
from app.settings import settings
from app.store import Store, TemplateListing


def add_template(content: bytes, *, name: str, actor: str, uuid: UUID | None = None) -> UUID:
    """Stores an XSLT 1.0 stylesheet and returns its UUID; without one given it is made of the content.

    Raises RenderingError for a template that reads files or the network or is no XSLT, StoreError where the UUID has
    another template.
    """
    refuse_unless_runnable(content)
    with Store.open(settings()) as store:
        return store.templates().add(content, name=name, actor=actor, uuid=uuid)


def list_templates() -> tuple[TemplateListing, ...]:
    """Every stored template, the oldest first. Raises StoreError."""
    with Store.open(settings()) as store:
        return store.templates().listed()


def template_content(uuid: UUID) -> bytes | None:
    """The template; None when there is none under this UUID. Raises StoreError."""
    with Store.open(settings()) as store:
        return store.templates().content(uuid)
