"""QNB eSolutions (formerly QNB eFinans): UBL over SOAP 1.1 with WS-Security, for e-Arşiv and e-Fatura a service each.

Sources: clients in use that name the vendor's page, and classes generated from the vendor's WSDL.
"""

from typing import Final

from providers.registry import Provider

PROVIDER: Final = Provider(
    title="QNB eSolutions",
    adapter="providers.qnb_esolutions.adapter:QnbAdapter",
    simulator="providers.qnb_esolutions.simulator.service:application",
)
