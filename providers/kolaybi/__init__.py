"""KolayBi: a bookkeeping application whose invoices become e-Arşiv or e-Fatura documents, by its public API v1."""

from typing import Final

from providers.registry import Provider, SandboxLogin

PROVIDER: Final = Provider(
    title="KolayBi",
    adapter="providers.kolaybi.adapter:KolayBiAdapter",
    simulator="providers.kolaybi.simulator.service:application",
    sandbox=SandboxLogin(
        secrets={"api_key": "sandbox-{company}", "channel": "sandbox"},
        options={"products": "general", "product": "1", "rounding": "corrected"},
    ),
)
