"""The e-Arşiv service's description (WSDL), as far as clients that are made from one need it to write and read calls.

QNB's own text is not copied: operations, names and types are those that classes generated from it have.
"""

from collections.abc import Iterable
from typing import Final

from providers.simulation.soap import ADDRESS

TYPES: Final = """\
<xs:complexType name="belge"><xs:sequence>
<xs:element name="belgeFormati" type="xs:string" minOccurs="0"/>
<xs:element name="belgeIcerigi" type="xs:base64Binary" minOccurs="0"/></xs:sequence></xs:complexType>
<xs:complexType name="entry"><xs:sequence>
<xs:element name="key" type="xs:anyType" minOccurs="0"/>
<xs:element name="value" type="xs:anyType" minOccurs="0"/></xs:sequence></xs:complexType>
<xs:complexType name="resultExtra"><xs:sequence>
<xs:element name="entry" type="tns:entry" minOccurs="0" maxOccurs="unbounded"/></xs:sequence></xs:complexType>
<xs:complexType name="earsivServiceResult"><xs:sequence>
<xs:element name="resultCode" type="xs:string" minOccurs="0"/>
<xs:element name="resultText" type="xs:string" minOccurs="0"/>
<xs:element name="resultExtra" type="tns:resultExtra" minOccurs="0"/></xs:sequence></xs:complexType>
"""
FATURA: Final = '<xs:element name="fatura" type="tns:belge" minOccurs="0"/>'
# Those that are given a document beside the text of arguments.
WITH_DOCUMENT: Final = frozenset({"faturaOlustur", "faturaOlusturExt"})


def described(namespace: str, operations: Iterable[str]) -> str:
    """The description of these operations, in which `ADDRESS` is the place of the service's address."""
    names = sorted(operations)
    return (
        '<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:xs="http://www.w3.org/2001/XMLSchema" '
        f'xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:tns="{namespace}" targetNamespace="{namespace}">'
        f'<wsdl:types><xs:schema targetNamespace="{namespace}" elementFormDefault="unqualified">\n{TYPES}'
        f"{''.join(map(_elements, names))}</xs:schema></wsdl:types>{''.join(map(_messages, names))}"
        f'<wsdl:portType name="EarsivWebService">{"".join(map(_operation, names))}</wsdl:portType>'
        '<wsdl:binding name="EarsivWebServiceBinding" type="tns:EarsivWebService">'
        '<soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>'
        f"{''.join(map(_bound, names))}</wsdl:binding>"
        '<wsdl:service name="EarsivWebService"><wsdl:port name="EarsivWebServicePort" '
        f'binding="tns:EarsivWebServiceBinding"><soap:address location="{ADDRESS}"/></wsdl:port></wsdl:service>'
        "</wsdl:definitions>"
    )


def _elements(name: str) -> str:
    """What is asked and what is answered."""
    document = FATURA if name in WITH_DOCUMENT else ""
    return (
        f'<xs:element name="{name}"><xs:complexType><xs:sequence>'
        f'<xs:element name="input" type="xs:string" minOccurs="0"/>{document}'
        "</xs:sequence></xs:complexType></xs:element>"
        f'<xs:element name="{name}Response"><xs:complexType><xs:sequence>'
        '<xs:element name="output" type="tns:belge" minOccurs="0"/>'
        '<xs:element name="return" type="tns:earsivServiceResult" minOccurs="0"/>'
        "</xs:sequence></xs:complexType></xs:element>"
    )


def _messages(name: str) -> str:
    return "".join(
        f'<wsdl:message name="{each}"><wsdl:part name="parameters" element="tns:{each}"/></wsdl:message>'
        for each in (name, f"{name}Response")
    )


def _operation(name: str) -> str:
    ways = f'<wsdl:input message="tns:{name}"/><wsdl:output message="tns:{name}Response"/>'
    return f'<wsdl:operation name="{name}">{ways}</wsdl:operation>'


def _bound(name: str) -> str:
    literal = '<soap:body use="literal"/>'
    ways = f"<wsdl:input>{literal}</wsdl:input><wsdl:output>{literal}</wsdl:output>"
    return f'<wsdl:operation name="{name}"><soap:operation soapAction=""/>{ways}</wsdl:operation>'
