"""Testbook: a bookkeeping service of our own invention, for tests and demonstrations only.

No such company exists. It has the traits of the providers that refuse no repeated reference: there a second call makes
a second document, and only looking before sending again prevents it.
"""

from typing import Final

from providers.registry import Provider, SandboxLogin

PROVIDER: Final = Provider(
    title="Testbook",
    adapter="providers.testbook.adapter:TestbookAdapter",
    simulator="providers.testbook.simulator.service:application",
    sandbox=SandboxLogin(secrets={"api_key": "sandbox-{company}"}),
    is_made_up=True,
)
