"""Which template an invoice is shown with, and which templates are refused before anything of them runs."""

import base64
import string

import pytest

from app.documents.rendering import (
    RenderingError,
    default_template,
    embedded_template,
    refuse_unless_runnable,
    template_for,
)
from app.documents.rendering.templates import MOST_BYTES, refuse_unless_safe
from app.documents.rendering.transforming import transformed
from app.documents.safe_input.xml import UnsafeXmlError, parse
from tests.documents.checking.mutations import sample
from tests.documents.rendering import invoices
from tests.documents.rendering.pages import page_of, text_of

SHEET = string.Template(
    '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" $declared>$top'
    '<xsl:template match="/"><html><body>$body</body></html></xsl:template></xsl:stylesheet>'
)


def sheet(body: str = "", top: str = "", declared: str = "") -> bytes:
    return SHEET.substitute(body=body, top=top, declared=declared).encode()


OWN = sheet("<p>our own look</p>")
REFUSED = {
    "no XML": (b"just words", "TEMPLATE_NOT_WELL_FORMED"),
    "no stylesheet": (b"<html/>", "TEMPLATE_NOT_XSLT"),
    "another xslt": (b'<stylesheet xmlns="urn:other"/>', "TEMPLATE_NOT_XSLT"),
    "document type": (b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>" + OWN, "TEMPLATE_DOCUMENT_TYPE"),
    "encoding": (b'<?xml version="1.0" encoding="UTF-8"?><a>\xff</a>', "TEMPLATE_WRONG_ENCODING"),
    "size": (b" " * (MOST_BYTES + 1), "TEMPLATE_TOO_LARGE"),
    "import": (sheet(top='<xsl:import href="file:///etc/passwd"/>'), "TEMPLATE_READS"),
    "include": (sheet(top='<xsl:include href="http://127.0.0.1/x.xslt"/>'), "TEMPLATE_READS"),
    "document": (sheet("<xsl:copy-of select=\"document('file:///etc/passwd')\"/>"), "TEMPLATE_READS"),
    "document of itself": (sheet("<xsl:copy-of select=\"document('')\"/>"), "TEMPLATE_READS"),
    "document in a value": (sheet("<p class=\"{document('x')}\"/>"), "TEMPLATE_READS"),
    "document with a space": (sheet("<xsl:copy-of select=\"document ('x')\"/>"), "TEMPLATE_READS"),
    "unparsed text": (sheet("<xsl:value-of select=\"unparsed-text('/etc/passwd')\"/>"), "TEMPLATE_READS"),
    "evaluated text": (
        sheet("<xsl:copy-of select=\"d:evaluate('document(1)')\"/>", declared='xmlns:d="http://exslt.org/dynamic"'),
        "TEMPLATE_READS",
    ),
    "writing": (sheet('<xsl:document href="x"/>'), "TEMPLATE_READS"),
    "writing in 2.0": (sheet('<xsl:result-document href="x"/>'), "TEMPLATE_READS"),
    "extension": (
        sheet('<e:document href="x"/>', declared='xmlns:e="urn:e" extension-element-prefixes="e"'),
        "TEMPLATE_EXTENSION",
    ),
    "extension declared below": (
        sheet('<e:go xmlns:e="urn:e" xsl:extension-element-prefixes="e"/>'),
        "TEMPLATE_EXTENSION",
    ),
    "program": (
        sheet(top='<m:script xmlns:m="urn:schemas-microsoft-com:xslt" language="C#">x</m:script>'),
        "TEMPLATE_EXTENSION",
    ),
}


def code_of(error: pytest.ExceptionInfo[RenderingError]) -> str:
    return error.value.code


@pytest.mark.parametrize(("template", "code"), REFUSED.values(), ids=REFUSED)
def test_a_template_that_reads_writes_or_is_none_is_refused_by_name(template: bytes, code: str) -> None:
    with pytest.raises(RenderingError) as error:
        refuse_unless_safe(template)
    assert code_of(error) == code
    assert code in str(error.value)


@pytest.mark.parametrize(
    "template",
    [
        sheet('<p onclick="document.getElementById(\'a\')" style="transform: rotate(3deg)"/>'),
        sheet("<xsl:if test=\"contains(., 'document(1)')\"/>"),
        sheet('<xsl:value-of select="cbc:document"/>', declared='xmlns:cbc="urn:x" extension-element-prefixes="cbc"'),
    ],
    ids=["not XPath", "a text", "declared and not used"],
)
def test_what_only_looks_like_reading_is_no_fault(template: bytes) -> None:
    refuse_unless_safe(template)


@pytest.mark.parametrize(
    ("body", "top"),
    [
        ("<xsl:copy-of select=\"document('file:///etc/passwd')\"/>", ""),
        ('<xsl:document href="/tmp/faturaflow-was-here"/>', ""),
    ],
)
def test_libxslt_denies_what_a_look_at_the_template_would_have_missed(body: str, top: str) -> None:
    with pytest.raises(RenderingError) as error:
        transformed(sample("sale"), sheet(body, top), {})
    assert code_of(error) == "TEMPLATE_READS"


@pytest.mark.parametrize(
    "body",
    [
        '<xsl:value-of select="java:run(\'x\')" xmlns:java="urn:java"/>',
        '<xsl:message terminate="yes">no</xsl:message>',
        '<xsl:call-template name="missing"/>',
        '<xsl:value-of select="1 +"/>',
    ],
)
def test_a_template_that_libxslt_cannot_run_is_told(body: str) -> None:
    with pytest.raises(RenderingError) as error:
        transformed(sample("sale"), sheet(body), {})
    assert code_of(error) == "TEMPLATE_FAULTY"


def test_a_template_that_does_not_compile_is_refused_before_it_is_stored() -> None:
    refuse_unless_runnable(OWN)
    with pytest.raises(RenderingError) as error:
        refuse_unless_runnable(sheet('<xsl:value-of select="1 +"/>'))
    assert code_of(error) == "TEMPLATE_FAULTY"


def test_the_chosen_template_comes_before_the_invoices_own_and_that_before_ours() -> None:
    inside, chosen = sheet("<p>inside</p>"), sheet("<p>chosen</p>")
    with_own = invoices.with_template(inside)
    assert template_for(with_own, chosen) == chosen
    assert template_for(with_own) == inside
    assert template_for(sample("sale")) == default_template()


def test_a_template_is_found_by_its_file_name_too_and_with_broken_lines() -> None:
    root = invoices.parsed("sale")
    invoices.with_reference(root, "1", "Tasarım", file=("x.XSLT", OWN))
    binary = invoices.at(root, "AdditionalDocumentReference/Attachment/EmbeddedDocumentBinaryObject")
    binary.text = "\n".join([(binary.text or "")[:40], (binary.text or "")[40:]])
    assert embedded_template(root) == OWN
    assert embedded_template(parse(sample("sale"))) is None


@pytest.mark.parametrize("nothing", ["", base64.b64encode(b" ").decode()])
def test_an_empty_template_is_none(nothing: str) -> None:
    root = parse(invoices.with_template(OWN))
    invoices.put(root, "AdditionalDocumentReference/Attachment/EmbeddedDocumentBinaryObject", nothing)
    assert template_for(invoices.written(root)) == default_template()


@pytest.mark.parametrize("broken", [base64.b64encode(OWN)[:-3], b"no base64!"])
def test_a_template_inside_an_invoice_that_is_cut_off_is_told(broken: bytes) -> None:
    root = parse(invoices.with_template(OWN))
    invoices.put(root, "AdditionalDocumentReference/Attachment/EmbeddedDocumentBinaryObject", broken.decode())
    with pytest.raises(RenderingError) as error:
        template_for(invoices.written(root))
    assert code_of(error) == "TEMPLATE_NOT_BASE64"
    assert template_for(invoices.written(root), OWN) == OWN, "another template shows it all the same"


def test_an_invoice_that_may_not_be_read_is_refused_as_the_checker_does() -> None:
    with pytest.raises(UnsafeXmlError):
        template_for(b"<!DOCTYPE a><a/>")


def test_a_template_that_knows_our_parameters_gets_them() -> None:
    template = sheet(
        '<p><xsl:value-of select="$language"/></p><img src="{$qr}"/>',
        '<xsl:param name="language"/><xsl:param name="qr"/>',
    )
    written = page_of(sample("sale"), template, language="en")
    assert (text_of(written), b'src="data:image/png;base64,' in written) == ("en", True)


def test_a_view_as_integrators_embed_it_is_shown_with_our_qr_code_and_without_its_programs() -> None:
    """Made for XSLT 2.0 and a browser: a character map, text that is not escaped, a program that draws the code."""
    view = b"""<xsl:stylesheet version="2.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
        xmlns:i="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" exclude-result-prefixes="i msxsl"
        xmlns:msxsl="urn:schemas-microsoft-com:xslt">
      <xsl:character-map name="a"><xsl:output-character character="&#133;" string=""/></xsl:character-map>
      <xsl:output version="4.0" method="html" indent="no" use-character-maps="a"/>
      <xsl:variable name="XML" select="/"/>
      <xsl:template match="/"><html><head><script><![CDATA[if (1 < 2) { draw() }]]></script></head><body>
        <xsl:for-each select="$XML/i:Invoice"><table width="800"><tr><td><div id="qrcode"/>
          <xsl:text disable-output-escaping="yes">&amp;nbsp;&lt;b&gt;bold&lt;/b&gt;</xsl:text>
          <xsl:text disable-output-escaping="yes">&lt;script&gt;evil()&lt;/script&gt;</xsl:text>
        </td></tr></table></xsl:for-each></body></html></xsl:template></xsl:stylesheet>"""
    refuse_unless_safe(view)
    written = page_of(sample("sale"), view).decode()
    assert ("<b>bold</b>" in written, "script>" in written) == (True, False)
    assert '<div id="qrcode"><img src="data:image/png;base64,' in written
