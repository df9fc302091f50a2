"""The command line of `disclosure`: what each command is called, and how a mistake is told."""

import sys

import typer
from rich.console import Console

from disclosure.commands import anonymise, audit, perturb, protect, risk
from disclosure.errors import DisclosureError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Disclosure control for tables and records: protect, audit, perturb, anonymise, and tell the risk.",
)


for _command in (protect, audit, perturb, anonymise, risk):
    _command.register(app)


def main() -> None:
    """Run the command line; what a user can put right is said in words, with an exit code of its own."""
    try:
        app()
    except DisclosureError as error:
        Console(stderr=True, highlight=False, soft_wrap=True).print(str(error), markup=False)
        sys.exit(error.code)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        Console(stderr=True, highlight=False, soft_wrap=True).print(f"{where}{error.strerror}", markup=False)
        sys.exit(DisclosureError.code)
