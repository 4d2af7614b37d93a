"""A template runs in a process of its own that has bounds, no secret, and one answer."""

import pytest

from app.documents.rendering import RenderingError, default_template, render_html, subprocess
from tests.documents.checking.mutations import sample
from tests.documents.rendering.pages import page_of
from tests.documents.rendering.test_templates import sheet

# Each call makes two: it ends when the sun has.
ENDLESS = (
    '<xsl:template name="more"><xsl:param name="deep" select="0"/><xsl:if test="$deep &lt; 200">'
    '<xsl:call-template name="more"><xsl:with-param name="deep" select="$deep + 1"/></xsl:call-template>'
    '<xsl:call-template name="more"><xsl:with-param name="deep" select="$deep + 1"/></xsl:call-template>'
    "</xsl:if></xsl:template>"
)
BOTTOMLESS = '<xsl:template name="more"><xsl:call-template name="more"/></xsl:template>'
CALL = '<xsl:call-template name="more"/>'


def test_a_page_is_the_same_as_without_a_process_of_its_own() -> None:
    assert render_html(sample("sale"), default_template()) == page_of(sample("sale"), language="tr")


@pytest.mark.sweep
def test_a_template_without_an_end_is_ended() -> None:
    with pytest.raises(RenderingError) as error:
        subprocess.rendered("html", sheet(CALL, ENDLESS), sample("sale"), seconds=1)
    assert error.value.code == "TEMPLATE_ENDLESS"


@pytest.mark.sweep
def test_a_template_that_calls_itself_for_ever_is_told() -> None:
    with pytest.raises(RenderingError) as error:
        subprocess.rendered("html", sheet(CALL, BOTTOMLESS), sample("sale"))
    assert error.value.code == "TEMPLATE_FAULTY"


def test_the_process_has_no_secret_in_its_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FATURAFLOW_SECRET_KEY", "artificial")
    assert "FATURAFLOW_SECRET_KEY" not in subprocess._surroundings()


def test_a_refusal_in_the_process_arrives_with_its_code() -> None:
    with pytest.raises(RenderingError) as error:
        subprocess.rendered("html", sheet('<img src="file:///etc/passwd"/>'), sample("sale"))
    assert error.value.code == "TEMPLATE_READS"
    assert str(error.value).count("TEMPLATE_READS") == 1
