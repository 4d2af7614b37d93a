"""What the rules need and no field of the model says."""

from datetime import datetime

from app.domain.record import record


@record
class Circumstances:
    """`now` decides what is in the future. What is not known is taken as the case with more duties.

    `services_only`: no line is goods, so an internet sale needs no carrier. `vat_is_zero`: some line bears no VAT and
    says no reason of its own. `line_reasons`: the codes that lines say themselves.
    `archive`: it is an e-Arşiv invoice. `incentive`: its profile is YATIRIMTESVIK, so that its types are those which
    e-Arşiv calls YTB…. `typed_elsewhere`: its type is one that the model does not know. `accounting_cost`: what an
    invoice to SGK is for, for which the model has no field; None where it is not known.
    """

    now: datetime
    services_only: bool = False
    vat_is_zero: bool = False
    line_reasons: frozenset[str] = frozenset()
    archive: bool = True
    incentive: bool = False
    typed_elsewhere: bool = False
    accounting_cost: str | None = None
