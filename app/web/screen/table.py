"""Every page and every act of the screen, in one table: the router and the tests of who may what are made from it."""

from typing import Final

from app.web.screen.page import Act, Feed, Page
from app.web.screen.pages import account, approve, document, documents, login, looks, order, orders, start

ALL: Final[tuple[Page | Act | Feed, ...]] = (
    *login.ALL,
    *looks.ALL,
    *start.ALL,
    *orders.ALL,
    *order.ALL,
    *documents.ALL,
    *document.ALL,
    *approve.ALL,
    *account.ALL,
)
