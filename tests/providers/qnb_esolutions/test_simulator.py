"""The simulated QNB, asked as any client may ask it."""

import aiohttp
import pytest
from lxml import etree

from tests.providers.examples import SELLER_VKN
from tests.providers.qnb_esolutions.bench import Bench, bench_with
from tests.providers.two_services import KEY

NAMESPACE = "http://service.earsiv.uut.cs.com.tr/"
ASKED = f'{{"vkn":"{SELLER_VKN}","faturaUuid":"7f0c","donenBelgeFormati":9}}'
SERIES = f'{{"vkn":"{SELLER_VKN}","faturaSeri":"ABC"}}'
HEADER = (
    '<s:Header><w:Security xmlns:w="http://docs.oasis-open.org/wss/2004/01/'
    'oasis-200401-wss-wssecurity-secext-1.0.xsd"><w:UsernameToken><w:Username>u</w:Username>'
    f'<w:Password Type="x#PasswordDigest">{KEY}</w:Password></w:UsernameToken></w:Security></s:Header>'
)


async def said(bench: Bench, body: str, header: str = HEADER) -> str:
    text = (
        f'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">{header}<s:Body>{body}</s:Body></s:Envelope>'
    )
    headers = {"Content-Type": "text/xml", "SOAPAction": '""'}
    async with aiohttp.ClientSession() as http:
        url = f"{bench.url}/earsiv/ws/EarsivWebService"
        async with http.post(url, data=text.encode(), headers=headers) as response:
            return await response.text()


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (f'<e:faturaSorgulaExt xmlns:e="{NAMESPACE}"><input>{ASKED}</input></e:faturaSorgulaExt>', "AE00002"),
        (f'<e:faturaSorgula xmlns:e="{NAMESPACE}"><input>{ASKED}</input></e:faturaSorgula>', "AE00002"),
        (f'<e:faturaSorgulaExt xmlns:e="{NAMESPACE}"><input><![CDATA[{ASKED}]]></input></e:faturaSorgulaExt>',
         "No content to map"),
        (f'<faturaSorgulaExt xmlns="{NAMESPACE}"><input>{ASKED}</input></faturaSorgulaExt>', "unexpected element"),
        (f'<e:faturaSorgulaExt xmlns:e="{NAMESPACE}"><input>no JSON</input></e:faturaSorgulaExt>', "AE00006"),
        (f'<e:faturaSorgulaExt xmlns:e="{NAMESPACE}"><input>{{"vkn": "1"}}</input></e:faturaSorgulaExt>', "AE00052"),
        (f'<e:faturaNoUret xmlns:e="{NAMESPACE}"><input>{SERIES}</input></e:faturaNoUret>', "ABC2026000000001"),
        (f'<e:nothing xmlns:e="{NAMESPACE}"/>', "there is no operation"),
    ],
)  # fmt: skip
async def test_a_call_is_answered_by_its_own_element_and_refused_for_its_form(body: str, word: str) -> None:
    async with bench_with() as bench:
        assert word in await said(bench, body)


async def test_a_call_without_a_login_is_refused() -> None:
    async with bench_with() as bench:
        body = f'<e:faturaSorgulaExt xmlns:e="{NAMESPACE}"><input>{ASKED}</input></e:faturaSorgulaExt>'
        assert "username.pwd.mismatch" in await said(bench, body, header="")


async def test_a_switch_that_is_not_there_is_refused() -> None:
    async with bench_with() as bench, aiohttp.ClientSession() as http:
        for body, status in (({"earsiv_repeat": "same"}, 200), ({"erp_codes": ["X"]}, 200), ({"erp": 1}, 400)):
            async with http.put(f"{bench.url}/_simulator/qnb-esolutions", json=body) as response:
                assert response.status == status
        assert bench.simulator.behaviour.erp_codes == ("X",)


async def test_a_client_can_be_made_from_the_description_of_the_e_arsiv_service() -> None:
    async with bench_with() as bench, aiohttp.ClientSession() as http:
        url = f"{bench.url}/earsiv/ws/EarsivWebService"
        async with http.get(f"{url}?wsdl") as response:
            root = etree.fromstring(await response.read())
    assert root.xpath("//*[local-name()='address']/@location") == [url]
    operations = root.xpath("//*[local-name()='portType']/*/@name")
    assert {"faturaOlustur", "faturaOlusturExt", "faturaSorgula", "faturaIptalEt"} <= set(operations)
    described = set(root.xpath("//*[local-name()='schema']/*[local-name()='element']/@name"))
    assert described == {f"{name}{end}" for name in operations for end in ("", "Response")}
