"""`faturaflow orders`: sent, imported or made up, and what became of each."""

import typer

from app.cli.commands.orders.changes import amend, correct, status
from app.cli.commands.orders.credits import goodwill, return_lines
from app.cli.commands.orders.import_file import import_file
from app.cli.commands.orders.lines import cancel, invoice
from app.cli.commands.orders.listing import list_orders, open_lines, show
from app.cli.commands.orders.produce import produce
from app.cli.commands.orders.send import send
from app.cli.commands.orders.thaw import thaw

app = typer.Typer(help="Orders: send, import or make up some, and see what became of each.", no_args_is_help=True)
app.command()(send)
app.command()(show)
app.command("list")(list_orders)
app.command("open-lines")(open_lines)
app.command()(invoice)
app.command()(cancel)
app.command("return")(return_lines)
app.command()(goodwill)
app.command()(amend)
app.command()(correct)
app.command()(status)
app.command()(thaw)
app.command("import")(import_file)
app.command()(produce)
