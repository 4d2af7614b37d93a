"""BizimHesap: a bookkeeping application whose API takes an invoice and answers nothing about it afterwards.

What it makes is a commercial record; a person makes it a legal document in BizimHesap's own pages.
"""

from typing import Final

from providers.registry import Provider, SandboxLogin

PROVIDER: Final = Provider(
    title="BizimHesap",
    adapter="providers.bizimhesap.adapter:BizimHesapAdapter",
    simulator="providers.bizimhesap.simulator.service:application",
    sandbox=SandboxLogin(
        secrets={"api_key": "sandbox-{company}", "firm_id": "sandbox-{company}"},
        options={"key": "sandbox", "quota_requests": "10", "quota_seconds": "1"},
    ),
)
