"""Paraşüt: a bookkeeping program that makes e-Arşiv and e-Fatura from its sales invoices (REST API v4, JSON:API).

A document is made in three steps: the buyer's contact, the sales invoice, which has no legal effect, and its
e-document, which Paraşüt makes in a job of its own.
"""

from typing import Final

from providers.registry import Provider, SandboxLogin

PROVIDER: Final = Provider(
    title="Paraşüt",
    adapter="providers.parasut.adapter:ParasutAdapter",
    simulator="providers.parasut.simulator.service:application",
    sandbox=SandboxLogin(
        secrets={
            "client_id": "sandbox-client",
            "client_secret": "sandbox-client-secret",
            "username": "sandbox@example.test",
            "password": "sandbox-{company}",
        },
        options={"company_id": "{company}"},
    ),
)
