"""SOAP over the wire: what is the provider's own answer, and what is none."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext

import pytest
from aiohttp import web

from providers.base import NotSent, Unknown
from providers.formats.elements import Element, child, children, text, written
from providers.simulation import soap as face
from providers.simulation.server import running
from providers.transport.http import Reply
from providers.transport.soap import SoapFault, SoapService, answer_in, enveloped

# With one slash, as a service really has it.
SERVICE = "http:/example.test/service/"
SECRET = "artificial & secret"
BOMB = '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;&b;">]>'
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def service(handler: Handler, **login: str) -> AsyncIterator[SoapService]:
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", handler)
    async with running(application) as url:
        found = SoapService(f"{url}/service.svc", login=login, secrets={"password": SECRET})
        yield found
        await found.http.close()


def answers(response: Callable[[], web.Response]) -> Handler:
    async def handler(_: web.Request) -> web.Response:
        return response()

    return handler


async def asked(response: Callable[[], web.Response]) -> Element | SoapFault | NotSent | Unknown:
    async with service(answers(response)) as found:
        return await found.call("ask", written(SERVICE, "ask", {}, qualified=True), 5.0, is_read=True)


async def test_a_call_is_an_envelope_with_its_action_and_the_fields_have_a_namespace_or_none() -> None:
    calls: list[face.SoapCall] = []

    async def handler(request: web.Request) -> web.Response:
        calls.append(await face.call_in(request))
        assert request.content_type == "text/xml"
        assert request.headers["SOAPAction"] == "ask"
        return face.answer(SERVICE, "answer", {"Result": {"Code": "1"}}, qualified=False)

    kinds: list[str] = []

    def permit(kind: str, _: float) -> AbstractAsyncContextManager[None]:
        kinds.append(kind)
        return nullcontext()

    fields = {"Name": "Çay", "Nothing": None, "Row": [{"A": "1"}, {"A": "2"}]}
    async with service(handler) as found:
        found.http.permit = permit
        for qualified, is_read in ((True, True), (False, False)):
            answer = await found.call("ask", written(SERVICE, "ask", fields, qualified=qualified), 5.0, is_read=is_read)
    assert not isinstance(answer, SoapFault | NotSent | Unknown)
    assert text(answer, "Result", "Code") == "1"
    qualified_call, plain_call = calls
    assert (qualified_call.namespace, qualified_call.name, qualified_call.operation) == (SERVICE, "ask", "ask")
    assert [each.tag for each in qualified_call.body] == [f"{{{SERVICE}}}{name}" for name in ("Name", "Row", "Row")]
    assert [each.tag for each in plain_call.body] == ["Name", "Row", "Row"]
    assert [text(each, "A") for each in children(plain_call.body, "Row")] == ["1", "2"]
    assert kinds == ["GET", "POST"]


@pytest.mark.parametrize("status", [200, 401, 500])
async def test_a_fault_is_the_providers_own_with_any_status_and_has_its_detail(status: int) -> None:
    detail = written(SERVICE, "ProcessingFault", {"Code": "3011"}, qualified=True)
    said = await asked(lambda: face.fault("there is one", detail=detail, status=status))
    assert isinstance(said, SoapFault)
    assert (said.code, said.text, said.status) == ("Server", "there is one", status)
    assert said.detail is not None
    assert text(said.detail, "Code") == "3011"


@pytest.mark.parametrize("status", [200, 404, 500])
@pytest.mark.parametrize(
    "body",
    [
        "",
        "<html><head><title>Blocked</title></head></html>",
        '{"message": "no route"}',
        f'<Envelope xmlns="{face.ENVELOPE}"/>',
        f'<Envelope xmlns="{face.ENVELOPE}"><Body/></Envelope>',
        f'{BOMB}<Envelope xmlns="{face.ENVELOPE}"><Body><a>&c;</a></Body></Envelope>',
        f'<Envelope xmlns="{face.ENVELOPE}"><Body><a>',
        '<Envelope xmlns="http://www.w3.org/2003/05/soap-envelope"><Body><a/></Body></Envelope>',
    ],
)
async def test_what_is_no_envelope_with_an_answer_is_unknown(status: int, body: str) -> None:
    assert isinstance(await asked(lambda: web.Response(text=body, status=status)), Unknown)


async def test_an_answer_with_an_errors_status_is_unknown() -> None:
    assert answer_in(Reply(status=500, text=enveloped(written(SERVICE, "answer", {}, qualified=True)))) is None


async def test_a_login_is_refused_by_https_own_challenge_and_not_by_a_page() -> None:
    challenged = await asked(lambda: web.Response(status=401, headers={"WWW-Authenticate": 'Basic realm="x"'}))
    assert isinstance(challenged, NotSent)
    assert challenged.needs_owner
    assert isinstance(await asked(lambda: web.Response(status=401, text="Unauthorized")), Unknown)


async def test_a_secret_that_an_answer_repeats_is_gone_also_as_xml_writes_it() -> None:
    fault = await asked(lambda: face.fault(f"no user {SECRET}"))
    assert isinstance(fault, SoapFault)
    assert fault.text == "no user ***"


@pytest.mark.parametrize("action", ["ask", '"ask"', '""', "", '"http://example.test/service/ask"'])
async def test_the_simulated_side_takes_every_form_of_soapaction_and_any_prefix(action: str) -> None:
    async def operation(_: web.Request, call: face.SoapCall) -> web.Response:
        return face.answer(SERVICE, "answer", {"Said": text(call.body, "Name")}, qualified=True)

    async def handler(request: web.Request) -> web.Response:
        return await face.dispatch(request, {"ask": operation})

    call = f'<w:ask xmlns:w="{SERVICE}"><Name>Çay</Name></w:ask>'
    body = f'<q:Envelope xmlns:q="{face.ENVELOPE}">\n<q:Body>{call}</q:Body></q:Envelope>'
    async with service(handler) as found:
        headers = {"Content-Type": "text/xml", **({"SOAPAction": action} if action else {})}
        reply = await found.http.send("POST", "", 5.0, body=body, headers=headers)
    assert isinstance(reply, Reply)
    answer = answer_in(reply)
    assert answer is not None and not isinstance(answer, SoapFault)
    assert text(answer, "Said") == "Çay"


@pytest.mark.parametrize("body", ["", "{}", f"{BOMB}<a>&c;</a>", "<a/>", f'<Envelope xmlns="{face.ENVELOPE}"/>'])
async def test_the_simulated_side_answers_what_is_no_call_with_a_fault_of_the_clients(body: str) -> None:
    async def handler(request: web.Request) -> web.Response:
        return await face.dispatch(request, {})

    async with service(handler) as found:
        reply = await found.http.send("POST", "", 5.0, body=body)
    assert isinstance(reply, Reply)
    fault = answer_in(reply)
    assert isinstance(fault, SoapFault)
    assert fault.code == "Client"


def test_fields_are_read_by_their_local_names_and_one_with_children_has_no_text() -> None:
    element = written(SERVICE, "answer", {"Result": {"Result": "SUCCESS"}}, qualified=True)
    assert text(element, "Result", "Result") == "SUCCESS"
    assert text(element, "Result") == text(element, "Missing", "Result") == ""
    assert child(element, "Missing") is None
