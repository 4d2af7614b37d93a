"""The entry point of the installed command."""

import signal


def main() -> None:
    """Runs the command line. Ctrl-C while it is imported, with nothing to clean up yet, ends it without a traceback."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from app.cli.main import main as run  # noqa: PLC0415 - the signal comes first

    run()
