"""Trendyol E-Faturam (Trendyol E-Çözüm): e-Arşiv and e-Fatura by its JSON API, with a user's e-mail and password.

Sources: public copies and summaries of its developer pages, whose original is behind a login, and public clients, one
of which issues real invoices. docs/providers/trendyol-efaturam.md says which of it is how sure.
"""

from typing import Final

from providers.registry import Provider, SandboxLogin

PROVIDER: Final = Provider(
    title="Trendyol E-Faturam",
    adapter="providers.trendyol_efaturam.adapter:TrendyolAdapter",
    simulator="providers.trendyol_efaturam.simulator.service:application",
    sandbox=SandboxLogin(secrets={"email": "sandbox@example.test", "password": "sandbox-{company}"}),
)
