"""The health page: one table for a person, and the same as JSON. It listens on loopback and changes nothing."""

import os
import socket
from collections.abc import Callable
from html import escape
from http import HTTPStatus
from typing import Final

from aiohttp import web

from app.operations.errors import NotPossibleError
from app.operations.supervision.report import COLUMNS, REPORT, STATUS_PATH, UpReport, cells

LOOPBACK: Final = "127.0.0.1"
_REFRESH_SECONDS: Final = 5
_STYLE: Final = "body{font-family:sans-serif}td,th{text-align:left;padding:.2em 1em .2em 0;vertical-align:top}"


def listen(port: int) -> socket.socket:
    """The page's port, taken before anything is started; 0 takes a free one. Raises NotPossibleError."""
    try:
        return socket.create_server((LOOPBACK, port))
    except OSError as fault:
        why = os.strerror(fault.errno) if fault.errno else str(fault)
        raise NotPossibleError(f"{LOOPBACK} port {port} cannot be listened on ({why}): give another --port.") from fault


def url_of(listening: socket.socket) -> str:
    """Where the page is."""
    return f"http://{LOOPBACK}:{listening.getsockname()[1]}"


def application(report: Callable[[], UpReport]) -> web.Application:
    """`/` is the page and `/status` the report; `/ready` answers 503 where something is not ready."""

    async def page(_request: web.Request) -> web.Response:
        return web.Response(text=_html(report()), content_type="text/html")

    async def status(_request: web.Request) -> web.Response:
        return web.Response(body=REPORT.dump_json(report()), content_type="application/json")

    async def ready(_request: web.Request) -> web.Response:
        is_ready = report().is_ready
        status = HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE
        return web.json_response({"ready": is_ready}, status=status)

    made = web.Application()
    made.add_routes([web.get("/", page), web.get(STATUS_PATH, status), web.get("/ready", ready)])
    return made


def _html(report: UpReport) -> str:
    kafka = report.kafka if report.kafka_health is None else f"{report.kafka}: {report.kafka_health}"
    problem = f"<p><b>{escape(report.problem)}</b></p>" if report.problem else ""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Faturaflow</title>'
        f'<meta http-equiv="refresh" content="{_REFRESH_SECONDS}"><style>{_STYLE}</style></head><body>'
        f"<h1>Faturaflow: {'everything is ready' if report.is_ready else 'not everything is ready'}</h1>"
        f"<p>Kafka {escape(kafka)}</p>{problem}<table>{_row('th', COLUMNS)}"
        f"{''.join(_row('td', cells(each)) for each in report.processes)}</table></body></html>"
    )


def _row(tag: str, row: tuple[str, ...]) -> str:
    return f"<tr>{''.join(f'<{tag}>{escape(cell)}</{tag}>' for cell in row)}</tr>"
