"""DİA: a full ERP with JSON web services, in which an invoice is a record until its e-Devlet module makes it legal.

The names of that module's services are not public: without them a person makes each record legal in DİA.
"""

from typing import Final

from providers.registry import Provider, SandboxLogin

PROVIDER: Final = Provider(
    title="DİA",
    adapter="providers.dia.adapter:DiaAdapter",
    simulator="providers.dia.simulator.service:application",
    sandbox=SandboxLogin(
        secrets={"username": "sandbox", "password": "sandbox-{company}", "api_key": "sandbox-{company}"},
        options={
            "firma_kodu": "34",
            "donem_kodu": " ".join(f"{year}={year - 2025}" for year in range(2026, 2046)),
            "currencies": "TRY=TL USD=USD EUR=EURO GBP=GBP",
            "sube_key": "101",
            "depo_key": "202",
            # Its user is nobody else's.
            "disconnect_same_user": "True",
            "products": "general",
            "product": "GENEL",
        },
    ),
)
