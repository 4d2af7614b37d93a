"""GİB's e-Arşiv portal: the free web pages for taxpayers without e-Fatura, by the private protocol that they use.

There is no public API: sources are open clients of the portal, and GİB changes it without notice. A document is a draft
until a person signs it.
"""

from typing import Final

from providers.registry import Provider, SandboxLogin

PROVIDER: Final = Provider(
    title="GİB e-Arşiv portal",
    adapter="providers.gib_earsiv.adapter:GibPortalAdapter",
    simulator="providers.gib_earsiv.simulator.service:application",
    sandbox=SandboxLogin(secrets={"username": "sandbox", "password": "sandbox-{company}"}),
)
