"""Nilvera: e-Arşiv and e-Fatura by its JSON model, over REST with an API key.

Sources: Nilvera's developer pages and Swagger files, and what Odoo's official module for Nilvera says about errors.
"""

from typing import Final

from providers.registry import Provider, SandboxLogin

PROVIDER: Final = Provider(
    title="Nilvera",
    adapter="providers.nilvera.adapter:NilveraAdapter",
    simulator="providers.nilvera.simulator.service:application",
    sandbox=SandboxLogin(secrets={"api_key": "sandbox-{company}"}),
)
