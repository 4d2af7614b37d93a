"""What states and attentions are called. One word has one meaning: a portal's "Onaylandı" has three, so it is not used.

`kesmek` is the trade's verb for issuing an invoice, and the one on labels and buttons.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from app.domain.documents import Attention, DocumentState, DocumentStatus
from app.domain.outcomes import Verdict
from app.tracking.orders import LineState, OrderState, Stuck
from app.web.screen.words.text import Label, Text, Tone


def _label(turkish: str, english: str, tone: Tone, hint_turkish: str, hint_english: str) -> Label:
    return Label(Text(turkish, english), tone, Text(hint_turkish, hint_english))


_S, _A, _O, _L = DocumentState, Attention, OrderState, LineState
STATES: Final[Mapping[DocumentState, Label]] = MappingProxyType(
    {
        _S.PLANNED: _label(
            "Kesilecek",
            "To be issued",
            Tone.UNDER_WAY,
            "Henüz hiçbir yerde belge yok; sırası gelince kesilecek.",
            "There is no document anywhere yet; it is issued when its turn comes.",
        ),
        _S.DRAFT: _label(
            "Entegratörde taslak",
            "Draft at the provider",
            Tone.YOU,
            "Entegratörde yasal etkisi olmayan bir taslak var; kesilmesi için onay gerekir.",
            "The provider has a draft without legal effect; it needs an approval to be issued.",
        ),
        _S.AWAITING_SIGNATURE: _label(
            "İmza bekliyor",
            "Waiting for a signature",
            Tone.YOU,
            "Belge portalda imzalanana kadar yasal değildir.",
            "The document has no legal effect until it is signed in the portal.",
        ),
        _S.PROCESSING: _label(
            "İşleniyor",
            "In progress",
            Tone.UNDER_WAY,
            "Entegratöre iletildi; sonucu entegratör bildirecek.",
            "The provider has it; the result is the provider's to say.",
        ),
        _S.ISSUED: _label(
            "Kesildi",
            "Issued",
            Tone.DONE,
            "Fatura yasal olarak kesildi.",
            "The invoice is legal.",
        ),
        _S.DELIVERED: _label(
            "Alıcıya iletildi",
            "Delivered",
            Tone.DONE,
            "Fatura alıcıya ulaştı.",
            "The invoice has reached its buyer.",
        ),
        _S.ACCEPTED: _label(
            "Kabul edildi",
            "Accepted",
            Tone.DONE,
            "Alıcı faturayı kabul etti.",
            "The buyer has accepted the invoice.",
        ),
        _S.CANCEL_PENDING: _label(
            "İptal bekleniyor",
            "Cancellation pending",
            Tone.UNDER_WAY,
            "İptal istendi; sonuç gelene kadar fatura geçerlidir.",
            "A cancellation is asked for; until its result comes the invoice is valid.",
        ),
        _S.REJECTED_BY_BUYER: _label(
            "Alıcı reddetti",
            "Rejected by buyer",
            Tone.FAILED,
            "Alıcı faturayı reddetti; satırlar yeniden faturalanabilir.",
            "The buyer has rejected the invoice; its lines can be invoiced again.",
        ),
        _S.REJECTED: _label(
            "Hatalı – kesilmedi",
            "Failed, not issued",
            Tone.FAILED,
            "Fatura kesilmedi; nedeni belgenin sayfasında yazar.",
            "No invoice was issued; the document's page says why.",
        ),
        _S.CANCELLED: _label(
            "İptal edildi",
            "Cancelled",
            Tone.ENDED,
            "Fatura iptal edildi; satırlar yeniden faturalanabilir.",
            "The invoice is cancelled; its lines can be invoiced again.",
        ),
    }
)
# A document that never had a number was no invoice: to call it cancelled would make a legal act of it.
WITHDRAWN: Final = _label(
    "Kesilmeden vazgeçildi",
    "Withdrawn before issue",
    Tone.ENDED,
    "Hiç fatura kesilmedi; satırlar yeniden faturalanabilir.",
    "No invoice was ever issued; its lines can be invoiced again.",
)
DUE: Final = _label(
    "Yasal süresi dolan",
    "Due by law",
    Tone.YOU,
    "Teslimden sonra faturanın yedi gün içinde kesilmesi gerekir; süresi iki gün içinde dolanlar.",
    "An invoice is to be issued within seven days of the delivery; those that have two days left at most.",
)
ATTENTIONS: Final[Mapping[Attention, Label]] = MappingProxyType(
    {
        _A.AWAITING_APPROVAL: _label(
            "Onayınızı bekliyor",
            "Waiting for your approval",
            Tone.YOU,
            "Siz onaylamadan kesilmez.",
            "It is not issued before you approve it.",
        ),
        _A.UNCERTAIN: _label(
            "Sonuç belirsiz – soruluyor",
            "Outcome unknown, being asked",
            Tone.UNKNOWN,
            "Entegratörün yanıtı kayboldu; fatura kesilmiş olabilir. Durumu soruluyor, yeniden gönderilmez.",
            "The provider's answer was lost; the invoice may exist. It is being asked for, and not sent again.",
        ),
        _A.NEEDS_REVIEW: _label(
            "Kararınız gerekli",
            "Needs your decision",
            Tone.YOU,
            "Fatura orada mı, değil mi? Entegratörün ekranına bakıp karar verin.",
            "Is the invoice there or not? Look at the provider's own screen and decide.",
        ),
        _A.CONNECTION: _label(
            "Bağlantı kullanılamıyor",
            "Connection cannot be used",
            Tone.YOU,
            "Entegratöre bağlanılamıyor; bağlantının bilgilerini gözden geçirin.",
            "The provider cannot be reached with this connection; look at its login.",
        ),
        _A.DELETE_AT_PROVIDER: _label(
            "Entegratörde silinmeli",
            "To be deleted at the provider",
            Tone.YOU,
            "Taslağı entegratörün ekranında silin, sonra burada bildirin.",
            "Delete the draft at the provider, then say so here.",
        ),
        _A.OVERDUE: _label(
            "Gecikti",
            "Late",
            Tone.YOU,
            "Beklenenden uzun sürdü; entegratör hâlâ yanıt vermedi.",
            "It takes longer than expected; the provider has not answered yet.",
        ),
        _A.FROZEN: _label(
            "Donduruldu – yöneticiye bildirin",
            "Frozen – tell the operator",
            Tone.FAILED,
            "Siparişin bir kaydı okunamadı; bir kişi çözene kadar bekler.",
            "A record of its order could not be read; it waits until a person thaws it.",
        ),
    }
)
ORDERS: Final[Mapping[OrderState, Label]] = MappingProxyType(
    {
        _O.WAITING: _label(
            "Siparişi bekleniyor",
            "Waiting for its order",
            Tone.UNDER_WAY,
            "Bu siparişe ait kayıtlar geldi, siparişin kendisi gelmedi.",
            "Records of this order have come, the order itself has not.",
        ),
        _O.REFUSED: _label(
            "Sipariş hatalı",
            "Order refused",
            Tone.FAILED,
            "Sipariş alınmadı; hataları düzeltip yeniden gönderin.",
            "The order was not taken; correct its errors and send it again.",
        ),
        _O.REGISTERED: _label(
            "Yalnız kayıtlı",
            "Registered only",
            Tone.ENDED,
            "Başlangıç gününden önceki sipariş: belgesi burada kesilmez.",
            "From before the first day: no document of it is made here.",
        ),
        _O.OPEN: _label(
            "Faturalanmamış satır var",
            "Lines not invoiced",
            Tone.YOU,
            "En az bir satır ne bir belgede ne de iptal.",
            "At least one line is neither on a document nor cancelled.",
        ),
        _O.IN_PROGRESS: _label(
            "Kesiliyor",
            "Being invoiced",
            Tone.UNDER_WAY,
            "Bütün satırlar bir belgede; belge henüz yasal değil.",
            "Every line is on a document, which has no legal effect yet.",
        ),
        _O.COMPLETED: _label(
            "Tamamlandı",
            "Completed",
            Tone.DONE,
            "Bütün satırlar faturalandı ya da iptal edildi.",
            "Every line is invoiced or cancelled.",
        ),
    }
)
LINES: Final[Mapping[LineState, Label]] = MappingProxyType(
    {
        _L.OPEN: _label("Açık", "Open", Tone.YOU, "Bir belgede değil.", "On no document."),
        _L.ON_DOCUMENT: _label("Belgede", "On a document", Tone.UNDER_WAY, "Bir belgede.", "On a document."),
        _L.CANCELLED: _label("İptal", "Cancelled", Tone.ENDED, "Satır iptal edildi.", "The line was cancelled."),
    }
)
# A line on a document that is legal.
INVOICED: Final = _label("Faturalandı", "Invoiced", Tone.DONE, "Faturası kesildi.", "Its invoice is issued.")
VERDICTS: Final[Mapping[Verdict, Label]] = MappingProxyType(
    {
        Verdict.OK: _label(
            "İşlendi", "Processed", Tone.DONE, "İstek yerine getirildi.", "The request was carried out."
        ),
        Verdict.DUPLICATE: _label(
            "Zaten işlenmiş",
            "Already processed",
            Tone.ENDED,
            "Aynı istek daha önce gelmişti; ikinci belge kesilmedi.",
            "The same request had come before; no second document was made.",
        ),
        Verdict.REJECTED: _label(
            "Kabul edilmedi",
            "Refused",
            Tone.FAILED,
            "İstekte hata var; hiçbir şey değişmedi.",
            "The request has errors; nothing has changed.",
        ),
        Verdict.HELD: _label(
            "Bekletiliyor",
            "Held",
            Tone.UNDER_WAY,
            "Öncesinde gelmesi gereken kayıt bekleniyor.",
            "A record that must come before it is waited for.",
        ),
    }
)
STUCK: Final[Mapping[Stuck, Label]] = MappingProxyType(
    {
        Stuck.FROZEN: ATTENTIONS[_A.FROZEN],
        Stuck.REFUSED: _label(
            "İstek kabul edilmedi",
            "Request refused",
            Tone.FAILED,
            "Son istek hatalıydı; düzeltip yeniden gönderin.",
            "The last request had errors; correct it and send it again.",
        ),
        Stuck.HELD: VERDICTS[Verdict.HELD],
        Stuck.UNANSWERED: _label(
            "Sırada",
            "Not looked at yet",
            Tone.UNDER_WAY,
            "Kayıt alındı, henüz işlenmedi.",
            "The record was taken in and has no answer yet.",
        ),
        Stuck.OPEN_LINES: ORDERS[_O.OPEN],
    }
)


def state_of(status: DocumentStatus) -> Label:
    """The label of a document's state: cancelled is one word with a number, and another without."""
    if status.state is DocumentState.CANCELLED and status.number is None:
        return WITHDRAWN
    return STATES[status.state]


del _S, _A, _O, _L
