"""What a template made, once it is finished: nothing in it runs, and nothing is fetched for it."""

import pytest

from app.documents.rendering import RenderingError, page


def finished(body: str, head: str = "", qr: str | None = None) -> str:
    return page.finished(f"<html><head>{head}</head><body>{body}</body></html>".encode(), qr).decode()


@pytest.mark.parametrize(
    ("body", "head"),
    [
        ('<img src="file:///etc/passwd">', ""),
        ('<img src="logo.png">', ""),
        ('<img srcset="https://x.invalid/a.png 2x">', ""),
        ('<td background="//x.invalid/a.png">', ""),
        ('<iframe src="file:///etc/passwd"></iframe>', ""),
        ('<object data="file:///etc/passwd"></object>', ""),
        ('<svg><image xlink:href="http://x.invalid/a.svg"></image></svg>', ""),
        ('<p style="background: url(http://x.invalid/a.png)">', ""),
        ('<p style="background: url( &quot;a.png&quot; )">', ""),
        ("", '<link rel="stylesheet" href="https://x.invalid/a.css">'),
        ("", '<link rel="attachment" href="file:///etc/passwd">'),
        ("", "<style>@import 'https://x.invalid/a.css';</style>"),
        ("", "<style>@font-face { src: url/**/(https://x.invalid/f.ttf) }</style>"),
    ],
)
def test_a_page_that_would_fetch_something_is_refused(body: str, head: str) -> None:
    with pytest.raises(RenderingError) as error:
        finished("<p>page</p>" + body, head)
    assert error.value.code == "TEMPLATE_READS"


@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script>",
        '<script src="https://x.invalid/a.js"></script>',
        '<p onclick="alert(1)">',
        '<a href="java\nscript:alert(1)">x</a>',
        '<a href="vbscript:x">x</a>',
        '<form action="javascript:alert(1)"></form>',
        '<svg><script>alert(1)</script><a xlink:href="javascript:alert(1)"></a></svg>',
        '<meta http-equiv="refresh" content="0; url=javascript:alert(1)">',
        '<iframe srcdoc="alert(1)"></iframe>',
    ],
)
def test_programs_are_taken_out(body: str) -> None:
    written = finished("<p>page</p>" + body)
    assert [word for word in ("alert", "script:", "<script", "<iframe", "refresh") if word in written.lower()] == []
    assert "<p>page</p>" in written


def test_what_is_in_the_page_already_stays() -> None:
    body = '<img src="data:image/png;base64,AA=="><a href="https://example.com">x</a><p style="color: red">ışğ</p>'
    written = finished(body)
    assert body.replace('<img src="data:image/png;base64,AA==">', "") in written
    assert 'src="data:image/png;base64,AA=="' in written


def test_a_browser_is_told_to_fetch_and_run_nothing_whatever_slipped_through() -> None:
    written = finished("<p>page</p>", '<meta charset="latin-1"><meta http-equiv="Content-Type" content="text/html">')
    assert written.startswith('<!DOCTYPE html>\n<html><head><meta charset="UTF-8"><meta content="default-src \'none\';')
    assert written.count("<meta") == 2


def test_a_view_that_draws_its_qr_code_by_a_program_gets_ours_instead() -> None:
    written = finished('<div id="qrcode"></div><script>draw()</script>', qr="data:image/png;base64,AA==")
    assert '<div id="qrcode"><img src="data:image/png;base64,AA=="' in written
    assert "data:image" not in finished('<div id="qrcode"></div>')


@pytest.mark.parametrize("made", [b"", b"   ", b"<html></html>", b"<html><body> </body></html>"])
def test_no_page_is_told(made: bytes) -> None:
    with pytest.raises(RenderingError) as error:
        page.finished(made, None)
    assert error.value.code == "TEMPLATE_EMPTY"
