"""What an operator may set about a connection to Testbook: which of a provider's ways its books have."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from app.domain.documents import DEAD, LEGAL, DocumentType
from providers.base import Capabilities, Drafts, LookUp, Step

LOOK_UPS: Final[Mapping[str | None, LookUp]] = {
    None: LookUp.BY_REFERENCE,
    "none": LookUp.NONE,
    "list": LookUp.BY_LIST,
}
STEPS: Final[Mapping[str | None, tuple[Step, ...]]] = {
    None: (Step.INVOICE,),
    "three": (Step.CONTACT, Step.INVOICE, Step.E_DOCUMENT),
}


def capabilities_of(usual: Capabilities, options: Mapping[str, str]) -> Capabilities:
    """What the connection can do. Raises ValueError, naming the option, for what is none of its values."""
    kinds = _chosen(options, "kinds", "both", "corrected", "named")
    unsigned = _chosen(options, "unsigned", "draft", "signature")
    types = frozenset({DocumentType.EARSIV, DocumentType.EFATURA}) if kinds else usual.document_types
    nothing: frozenset[DocumentType] = frozenset()
    steps = STEPS[_chosen(options, "steps", "three")]
    made_legal = Drafts.SENT_OFF if Step.E_DOCUMENT in steps else Drafts.NONE
    return replace(
        usual,
        look_up=LOOK_UPS[_chosen(options, "look_up", "none", "list")],
        steps=steps,
        drafts=Drafts.SIGNED if unsigned == "signature" else made_legal,
        one_session=_chosen(options, "login", "session") is not None,
        document_types=types,
        poll_until=dict.fromkeys(types, DEAD | LEGAL),
        cancels=types,
        corrects_type=kinds in {"corrected", "named"},
        withdraws=types if unsigned else nothing,
        signs=types if unsigned == "signature" else nothing,
        buyer_answers=types if _chosen(options, "answers", "buyer") else nothing,
    )


def _chosen(options: Mapping[str, str], name: str, *words: str) -> str | None:
    """None where the option is left out."""
    word = options.get(name)
    if word is not None and word not in words:
        raise ValueError(f"option {name} must be {', '.join(words)} or left out, not {word!r}")
    return word
