"""The e-Arşiv report's facts (sending mode, internet sale): their names there, and where each dialect of UBL has them.

GİB defines them in the report, not in UBL, so that each integrator has its own references, notes or places for them.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

# Paths of the report; those of a sale are below `internetSatisBilgi`.
SENDING: Final = "gonderimSekli"
SALE: Final = "internetSatisBilgi/"
WEB_SITE: Final = "webAdresi"
METHOD: Final = "odemeSekli"
METHOD_NAME: Final = "odemeAracisiAdi"
PAID_ON: Final = "odemeTarihi"
SENT_ON: Final = "gonderiBilgileri/gonderimTarihi"
_CARRIER: Final = "gonderiBilgileri/gonderiTasiyan/"
COMPANY: Final = (_CARRIER + "tuzelKisi/vkn", _CARRIER + "tuzelKisi/unvan")
PERSON: Final = (_CARRIER + "gercekKisi/tckn", _CARRIER + "gercekKisi/adiSoyadi")

# SendingType and EArchiveType (izibiz).
SENDING_TYPE: Final = "SendingType"
ARCHIVE_TYPE: Final = "EArchiveType"
INTERNET: Final = "INTERNET"
SALE_NOTE: Final = "Bu satış internet üzerinden yapılmıştır."
# One reference INTERNET_SATIS (Veriban's kind).
SENDING_CODE: Final = "GONDERIM_SEKLI"
SALE_ID: Final = "INTERNET_SATIS"
METHOD_CODE: Final = "ODEME_SEKLI"
# Extension codes (Mimsoft).
IS_ONLINE: Final = "EXT_IS_ONLINE_SALE"
STORE_URL: Final = "EXT_ONLINE_STORE_URL"
PAYMENT_METHOD: Final = "EXT_PAYMENT_METHOD"
PAYMENT_DATE: Final = "EXT_PAYMENT_DATE"
# Notes like ##internetSatis_webAdresi#www.example.com.
FACT_NOTE: Final = "##internetSatis_"
# References whose ID is the value, and whose DocumentTypeCode or DocumentType says of what (Nilvera).
SEND_TYPE: Final = "SEND_TYPE"
IS_INTERNET: Final = "IS_INTERNET"
NAMED_IN_THE_TYPE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "INT_WEBSITE": WEB_SITE,
        "INT_PAYMENT_METHOD": METHOD,
        "INT_PAYMENTMETHOD": METHOD,
        "INT_PAYMENTDATE": PAID_ON,
    }
)
EXTENSIONS: Final[Mapping[str, str]] = MappingProxyType(
    {STORE_URL: WEB_SITE, PAYMENT_METHOD: METHOD, PAYMENT_DATE: PAID_ON}
)
SHORT_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {path.rpartition("/")[2]: path for path in (WEB_SITE, METHOD, METHOD_NAME, PAID_ON, SENT_ON, *COMPANY, *PERSON)}
)
