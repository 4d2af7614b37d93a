"""The reads, by a token: cards, warehouses, stock, and a buyer's statement, in which a record shows as a debit.

`addproduct` and `addcustomer` are in no documentation and are not answered.
"""

import json
from collections import defaultdict
from decimal import Decimal
from typing import Any, Final

from aiohttp import web

from providers.bizimhesap.simulator.records import Books
from providers.bizimhesap.simulator.wire import company_of_token, data, turkish
from providers.simulation.record import Booking, SimulatorRecord

WAREHOUSE: Final = {"id": "1", "title": "Merkez Depo"}


class Reads:
    """The routes, over the companies' books."""

    def __init__(self, record: SimulatorRecord, books: defaultdict[str, Books]) -> None:
        self._record = record
        self._books = books

    def routes(self, base: str) -> list[web.RouteDef]:
        return [
            web.get(f"{base}/products", self._products),
            web.get(f"{base}/customers", self._customers),
            web.get(f"{base}/warehouses", self._warehouses),
            web.get(f"{base}/inventory/{{warehouse}}", self._inventory),
            web.get(f"{base}/abstract/{{customer}}", self._abstract),
        ]

    def _of(self, request: web.Request) -> Books:
        company = company_of_token(request)
        self._record.counts["read"] += 1
        return self._books[company]

    async def _products(self, request: web.Request) -> web.Response:
        return data({"products": [_product(each) for each in self._of(request).products.values()]})

    async def _customers(self, request: web.Request) -> web.Response:
        books = self._of(request)
        return data({"customers": [_customer(each, books.balance(code)) for code, each in books.customers.items()]})

    async def _warehouses(self, request: web.Request) -> web.Response:
        self._of(request)
        return data({"warehouses": [WAREHOUSE]})

    async def _inventory(self, request: web.Request) -> web.Response:
        products = self._of(request).products.values()
        return data({"inventory": [{"id": each["id"], "title": each["productname"], "qty": "0"} for each in products]})

    async def _abstract(self, request: web.Request) -> web.Response:
        books, code = self._of(request), request.match_info["customer"]
        customer = books.customers.get(code)
        if customer is None:
            return web.json_response({"resultCode": 0, "errorText": "Cari bulunamadı.", "data": None})
        own = [booking for of, booking in books.bookings if of == code and not booking.is_cancelled]
        balance = turkish(books.balance(code))
        return data(
            {
                **{name: customer.get(name, "") for name in ("title", "email", "phone")},
                "balance": balance,
                "debitSum": balance,
                "creditSum": turkish(Decimal(0)),
                "abstract": [_debit(booking) for booking in own],
            }
        )


def _product(card: dict[str, Any]) -> dict[str, Any]:
    photo = dict.fromkeys(("PhotoUrl", "PhotoUrlOriginal", "ThumbnailUrl", "FlCover"), "")
    return {
        "id": card["id"],
        "isActive": 1,
        "code": card["code"],
        "barcode": card.get("barcode", ""),
        "title": card["productname"],
        "price": str(card["unitprice"]),
        "currency": "TL",
        "unit": "Adet",
        "tax": str(card["taxrate"]),
        "photo": json.dumps([photo]),
        "quantity": 0,
    }


def _customer(card: dict[str, Any], balance: Decimal) -> dict[str, Any]:
    names = ("id", "code", "title", "address", "phone", "taxno", "taxoffice", "email")
    return {**{name: card.get(name, "") for name in names}, "authorized": "", "balance": turkish(balance)}


def _debit(booking: Booking) -> dict[str, str]:
    year, month, day = (booking.issue_date or "").split("-")
    amount = turkish(booking.payable)
    row = {"trxdate": f"{day}.{month}.{year}", "type": "Satış", "note": booking.reference, "payment": ""}
    return {**row, "debit": amount, "credit": turkish(Decimal(0)), "balance": amount}
