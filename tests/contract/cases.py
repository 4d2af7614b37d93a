"""The contract's cases: every provider with each of its document types, and what is tested with which of them."""

from dataclasses import replace

import pytest

from app.domain.documents import DocumentType
from providers.base import LookUp
from tests.contract.case import Case, as_form, email_and_password, in_dia, key_and_channel, oauth, user
from tests.providers.examples import CONSUMER, NEEDED_OPTIONS, TAXPAYER

HEPSIBURADA = "providers.hepsiburada_efaturam.simulator.service:HepsiburadaEFaturam"
NILVERA = "providers.nilvera.simulator.service:Nilvera"
QNB = "providers.qnb_esolutions.simulator.service:QnbESolutions"
SOVOS = "providers.sovos.simulator.service:Sovos"
TRENDYOL = "providers.trendyol_efaturam.simulator.service:Trendyol"
TESTBOOK = "providers.testbook.simulator.service:Testbook"
CASES = [
    Case(
        name="hepsiburada-efaturam",
        document_type=DocumentType.EARSIV,
        person=CONSUMER,
        simulator=HEPSIBURADA,
        login=user,
        makes="SendInvoice",
        doubles=False,
    ),
    Case(
        name="hepsiburada-efaturam",
        document_type=DocumentType.EFATURA,
        person=TAXPAYER,
        simulator=HEPSIBURADA,
        login=user,
        options={"repeats": "refused"},
        makes="SendInvoice",
    ),
    Case(name="nilvera", document_type=DocumentType.EARSIV, person=CONSUMER, simulator=NILVERA),
    Case(name="nilvera", document_type=DocumentType.EFATURA, person=TAXPAYER, simulator=NILVERA),
    *(
        Case(
            name="trendyol-efaturam",
            document_type=document_type,
            person=person,
            simulator=TRENDYOL,
            login=email_and_password,
            sign_in="/api/auth/signin",
        )
        for document_type, person in ((DocumentType.EARSIV, CONSUMER), (DocumentType.EFATURA, TAXPAYER))
    ),
    Case(name="testbook", document_type=DocumentType.SALES_INVOICE, person=CONSUMER, simulator=TESTBOOK),
]
# The providers that take our numbers: all of the contract holds for them with these, too.
CASES += [
    replace(case, options={"numbers": "ours"}, we_number=True)
    for case in CASES
    if case.document_type is not DocumentType.EFATURA
]
# One that names its documents itself, and takes no reference of ours.
CASES.append(
    Case(
        name="testbook",
        document_type=DocumentType.SALES_INVOICE,
        person=CONSUMER,
        simulator=TESTBOOK,
        options={"look_up": "list"},
    )
)
# Requests to cancel are accepted there, and the connection believes that.
CASES.append(
    Case(
        name="gib-earsiv",
        document_type=DocumentType.EARSIV,
        person=CONSUMER,
        simulator="providers.gib_earsiv.simulator.service:GibPortal",
        login=user,
        options={"accepted_requests": "cancelled"},
        makes="EARSIV_PORTAL_FATURA_OLUSTUR",
        signed_by_a_person=True,
        simulated={"requests": "accepted"},
    )
)
# What is not published, as this simulator has it.
SOVOS_OPTIONS = {"internet_sale": "paths", "rejected_statuses": "30 40 50 60"}
# Where the numbers are ours unless the option is set.
CASES += [
    Case(
        name="sovos",
        document_type=kind,
        person=person,
        simulator=SOVOS,
        options={**NEEDED_OPTIONS["sovos"], **SOVOS_OPTIONS, "numbers": numbers},
        we_number=numbers == "ours",
        login=user,
        makes=makes,
        doubles=False,
    )
    for kind, person, makes in (
        (DocumentType.EARSIV, CONSUMER, "sendInvoiceRequestType"),
        (DocumentType.EFATURA, TAXPAYER, "sendUBLRequest"),
    )
    for numbers in ("ours", "provider")
]
# Its code of a failed document is not sure to end it, so a connection must say so.
CASES += [
    Case(
        name="qnb-esolutions",
        document_type=DocumentType.EARSIV,
        person=CONSUMER,
        simulator=QNB,
        options={
            **NEEDED_OPTIONS["qnb-esolutions"],
            "internet_sale": "paths",
            "rejected_codes": "AE00043",
            "numbers": numbers,
        },
        we_number=numbers == "ours",
        login=user,
        makes="faturaOlusturExt",
    )
    for numbers in ("ours", "provider")
]
# Its second version has no place for a series.
CASES.append(
    Case(
        name="trendyol-efaturam",
        document_type=DocumentType.EARSIV,
        person=CONSUMER,
        simulator=TRENDYOL,
        options={"earsiv_api": "v2"},
        login=email_and_password,
        sign_in="/api/auth/signin",
        order={"earsiv_series": None},
    )
)
# How it says that there is no such e-Fatura is not published, so a connection must say so, too.
CASES.append(
    Case(
        name="qnb-esolutions",
        document_type=DocumentType.EFATURA,
        person=TAXPAYER,
        simulator=QNB,
        options={
            **NEEDED_OPTIONS["qnb-esolutions"],
            "sender_alias": "urn:mail:defaultgb@example.test",
            "internet_sale": "paths",
            "absent_words": "bulunamadı",
        },
        we_number=True,
        login=user,
        makes="belgeGonderExt",
        doubles=False,
    )
)
# In books of three steps a contact, an invoice and its document are made one after the other.
KOLAYBI = [
    Case(
        name="kolaybi",
        document_type=document_type,
        person=person,
        simulator="providers.kolaybi.simulator.service:KolayBi",
        options={"products": "general", "product": "1"},
        login=key_and_channel,
        makes="e-document/create",
        doubles=False,
        sign_in="/access_token",
        sign_in_headers={"Channel": "sandbox"},
    )
    for document_type, person in ((DocumentType.EARSIV, CONSUMER), (DocumentType.EFATURA, TAXPAYER))
]
CASES += KOLAYBI
# Its legal step is the third; how long a job takes, and what a second one does, is not published.
CASES += [
    Case(
        name="parasut",
        document_type=kind,
        person=person,
        simulator="providers.parasut.simulator.service:Parasut",
        options={**NEEDED_OPTIONS["parasut"]},
        login=oauth,
        sign_in="/oauth/token",
        signs_in_with=as_form,
        makes=makes,
        doubles=False,
        stays_a_draft=kind is DocumentType.EARSIV,
    )
    for kind, person, makes in (
        (DocumentType.EARSIV, CONSUMER, "/e_archives"),
        (DocumentType.EFATURA, TAXPAYER, "/e_invoices"),
    )
]
# Nothing answers what it has, and a person makes each record legal there.
CASES.append(
    Case(
        name="bizimhesap",
        document_type=DocumentType.SALES_INVOICE,
        person=CONSUMER,
        simulator="providers.bizimhesap.simulator.service:BizimHesap",
        options={"key": "sandbox"},
        makes="addinvoice",
        signed_by_a_person=True,
    )
)
# No public page has the names of the services that send and cancel e-documents: these are made up.
EFA = ("efa_ornek_gonder", "efa_ornek_iptal")
# What a person makes legal there is read from words and columns that each account has of its own.
IN_DIA = Case(
    name="dia",
    document_type=DocumentType.SALES_INVOICE,
    person=CONSUMER,
    simulator="providers.dia.simulator.service:Dia",
    options={
        **NEEDED_OPTIONS["dia"],
        "disconnect_same_user": "True",
        "states": "Gönderildi=ISSUED; Hata=REJECTED",
        "number_column": "ebelgeno",
        "ettn_column": "ettn",
    },
    login=user,
    sign_in="/sis/json",
    signs_in_with=in_dia,
    makes="scf_fatura_ekle",
    signed_by_a_person=True,
)
CASES += [
    IN_DIA,
    replace(
        IN_DIA,
        options={**IN_DIA.options, "efa_send": EFA[0], "efa_cancel": EFA[1]},
        makes=EFA[0],
        doubles=False,
        signed_by_a_person=False,
        simulated={"efa": EFA},
    ),
]
# One case of each provider, and of each of its document types. What is slow, and the same for all cases of a provider,
# is done with the others in a sweep.
FIRST = list({case.name: case for case in reversed(CASES)}.values())
OF_EACH_TYPE = list({(case.name, case.document_type): case for case in reversed(CASES)}.values())
ASKED = [case for case in CASES if case.capabilities.look_up is not LookUp.NONE]


def first_of(cases: list[Case]) -> pytest.MarkDecorator:
    """These cases, of which all but one of a provider are in the sweeps."""
    marked = [case if case in FIRST else pytest.param(case, marks=pytest.mark.sweep) for case in cases]
    return pytest.mark.parametrize("bench", marked, ids=str, indirect=True)


with_the_first = first_of(CASES)
with_the_first_asked = first_of(ASKED)
# What needs a look-up is tested where there is one.
where_asked = pytest.mark.parametrize("bench", ASKED, ids=str, indirect=True)
where_never_asked = pytest.mark.parametrize(
    "bench", [case for case in CASES if case not in ASKED], ids=str, indirect=True
)
