"""QNB eSolutions (formerly QNB eFinans): UBL over SOAP 1.1 with WS-Security, for e-Arşiv and e-Fatura a service each.

Sources: clients in use that name the vendor's page, and classes generated from the vendor's WSDL.
"""

from typing import Final

from providers.registry import Provider, SandboxLogin

PROVIDER: Final = Provider(
    title="QNB eSolutions",
    adapter="providers.qnb_esolutions.adapter:QnbAdapter",
    simulator="providers.qnb_esolutions.simulator.service:application",
    sandbox=SandboxLogin(
        secrets={"username": "sandbox", "password": "sandbox-{company}"},
        options={
            "tax_number": "{company}",
            "erp_code": "ERP1",
            "sender_alias": "urn:mail:defaultgb@{company}.example",
            "internet_sale": "paths",
            "rejected_codes": "AE00043",
            "absent_words": "bulunamadı",
        },
    ),
    optional_secrets=frozenset({"efatura_username", "efatura_password"}),
)
