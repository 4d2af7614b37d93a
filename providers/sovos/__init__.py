"""Sovos (formerly Foriba): e-Arşiv and e-Fatura as UBL in a ZIP, over SOAP 1.1 with HTTP Basic.

Sources: the WSDL files and sample clients that Sovos hands out (its endpoints serve none), its list of questions and
answers for integrators, and what clients in use say of e-Arşiv's states.
"""

from typing import Final

from providers.registry import Provider, SandboxLogin

PROVIDER: Final = Provider(
    title="Sovos",
    adapter="providers.sovos.adapter:SovosAdapter",
    simulator="providers.sovos.simulator.service:application",
    sandbox=SandboxLogin(
        secrets={"username": "sandbox", "password": "sandbox-{company}"},
        options={
            "tax_number": "{company}",
            "sender_alias": "urn:mail:defaultgb@{company}.example",
            "internet_sale": "paths",
            "rejected_statuses": "30 40 50 60",
        },
    ),
    optional_secrets=frozenset({"efatura_username", "efatura_password"}),
)
