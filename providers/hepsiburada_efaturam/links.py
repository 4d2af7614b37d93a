"""The public page of a document, which opens without a login.

The pattern of its address is published; how long it opens is not.
"""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from app.domain.addresses import address_error
from providers.base import ConnectionSettings, Unclear
from providers.base.reads import DocumentLink

# Where the pattern is another one: one client in use has another than the documentation.
OPTION: Final = "view_link"
UUID: Final = "{uuid}"
# By the host of the API.
PORTALS: Final[Mapping[str, str]] = {
    "api.hepsiburadaefaturam.com": "https://www.hepsiburadaefaturam.com/Genel/Fatura/{uuid}",
    "testapi.hepsiburadaefaturam.com": "https://test.hepsiburadaefaturam.com/Genel/Fatura/{uuid}",
}


def pattern_of(settings: ConnectionSettings) -> str | None:
    """The pattern of the option, else that of the environment; None for another one.

    Raises ValueError for an option that is no address with a place for the UUID.
    """
    given = settings.options.get(OPTION)
    if given is None:
        return PORTALS.get(urlsplit(settings.base_url).hostname or "")
    if UUID not in given or address_error(given.replace(UUID, "x")):
        raise ValueError(f"option {OPTION} must be a safe address with {UUID} in it, not {given!r}")
    return given


def link_of(pattern: str | None, uuid: str) -> DocumentLink | Unclear:
    """The address of one document's page."""
    if pattern is None:
        return Unclear(why=f"the address of its public page is not known: set the option {OPTION}")
    return DocumentLink(url=pattern.replace(UUID, uuid), is_permanent=False)
