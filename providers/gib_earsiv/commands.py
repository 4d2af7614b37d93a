"""The portal's commands and the page of each: it checks the pair. Where clients differ, one of them is chosen."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

NORMAL: Final = "5000/30000"
# The page of the list, by `hangiTip`.
LISTS: Final[Mapping[str, str]] = MappingProxyType({NORMAL: "RG_BASITTASLAKLAR", "Buyuk": "RG_TASLAKLAR"})


@dataclass(frozen=True, slots=True)
class Command:
    """`makes`: it changes something at the portal, or lets it send something."""

    name: str
    page: str
    makes: bool = False


MENU: Final = Command("getUserMenu", "MAINTREEMENU")
CREATE: Final = Command("EARSIV_PORTAL_FATURA_OLUSTUR", "RG_BASITFATURA", makes=True)
READ_DRAFT: Final = Command("EARSIV_PORTAL_FATURA_GETIR", "RG_BASITFATURA")
LIST: Final = Command("EARSIV_PORTAL_TASLAKLARI_GETIR", LISTS[NORMAL])
DELETE: Final = Command("EARSIV_PORTAL_FATURA_SIL", "RG_TASLAKLAR", makes=True)
TELEPHONE: Final = Command("EARSIV_PORTAL_TELEFONNO_SORGULA", "RG_SMSONAY")
SEND_CODE: Final = Command("EARSIV_PORTAL_SMSSIFRE_GONDER", "RG_SMSONAY", makes=True)
# The readable name, EARSIV_PORTAL_SMSSIFRE_DOGRULA, is said to be unknown there by now.
SIGN: Final = Command("0lhozfib5410mp", "RG_SMSONAY", makes=True)
REQUEST_CANCELLATION: Final = Command("EARSIV_PORTAL_IPTAL_TALEBI_OLUSTUR", "RG_TASLAKLAR", makes=True)
REQUESTS: Final = Command("EARSIV_PORTAL_GELEN_IPTAL_ITIRAZ_TALEPLERINI_GETIR", "RG_IPTALITIRAZTASLAKLAR")
PROFILE: Final = Command("EARSIV_PORTAL_KULLANICI_BILGILERI_GETIR", "RG_KULLANICI")


class Commands:
    """Those of one connection: GİB renames them without notice.

    Options: `pages`, as `COMMAND=PAGE COMMAND=PAGE`; `sign_command`; `kind`, whose list has a page of its own.
    """

    def __init__(self, options: Mapping[str, str]) -> None:
        """Raises ValueError for an option that cannot be read."""
        self.kind = options.get("kind", NORMAL)
        if self.kind not in LISTS:
            raise ValueError(f"option kind must be one of {', '.join(LISTS)}, not {self.kind!r}")
        self._pages = _pages_in(options.get("pages", ""))
        self._sign = options.get("sign_command", SIGN.name)

    def __getitem__(self, command: Command) -> Command:
        """The command as this connection sends it."""
        own = {SIGN: replace(SIGN, name=self._sign), LIST: replace(LIST, page=LISTS[self.kind])}.get(command, command)
        return replace(own, page=self._pages.get(own.name, own.page))


def _pages_in(said: str) -> dict[str, str]:
    pairs = [each.partition("=") for each in said.split()]
    if not all(name and page for name, _, page in pairs):
        raise ValueError(f"option pages must be COMMAND=PAGE, with a blank between two, not {said!r}")
    return {name: page for name, _, page in pairs}
