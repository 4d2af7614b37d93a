"""Hepsiburada E-Faturam: e-Arşiv and e-Fatura as UBL-TR written in JSON, one address, a login in every body.

Its engine is Uyumsoft's (BasicIntegrationApi). Sources: Hepsiburada's developer pages, and where they are silent,
Uyumsoft's document for customers and the public description of its service (WSDL).
"""

from typing import Final

from providers.registry import Provider, SandboxLogin

PROVIDER: Final = Provider(
    title="Hepsiburada E-Faturam",
    adapter="providers.hepsiburada_efaturam.adapter:HepsiburadaAdapter",
    simulator="providers.hepsiburada_efaturam.simulator.service:application",
    sandbox=SandboxLogin(secrets={"username": "sandbox", "password": "sandbox-{company}"}),
)
