"""All commands together, and how an error reaches the user."""

import sys
import traceback

import typer
from polars.exceptions import PanicException

from pipelines.commands import (
    account,
    audit,
    council,
    framework,
    identities,
    keys,
    ledger,
    notes,
    outcomes,
    register,
    releases,
    review,
    run,
    session,
    verify,
    why,
    worklist,
)
from pipelines.commands.shared import say
from release.errors import UserError

# A fault of the program, not of the user (docs/reference.md lists all exit codes).
FAULT = 70

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Outcome Lens, the identified side: extracts in, a release out.",
)
app.command("run")(run.run_command)
app.command("demo")(council.demo_command)
app.command("verify")(verify.verify_command)
app.command("links")(identities.links_command)
app.command("outcomes")(outcomes.outcomes_command)
app.command("reidentify")(identities.reidentify_command)
app.command("review")(review.review_command)
app.command("notes")(notes.notes_command)
app.command("why")(why.why_command)
app.command("worklist")(worklist.worklist_command)
app.add_typer(keys.app, name="key")
app.add_typer(framework.app, name="framework")
app.add_typer(releases.app, name="releases")
app.add_typer(register.app, name="register")
app.add_typer(audit.app, name="audit")
app.add_typer(ledger.app, name="ledger")
app.add_typer(session.app, name="session")
app.add_typer(account.app, name="account")


def main() -> None:
    """Run a command. What a user can mend is said in a sentence, with the exit code of its kind.

    A fault of the program keeps its traceback but not its message: a library may put a cell's value into that.
    """
    try:
        app()
    except UserError as error:
        say(f"[bold red]{type(error).__name__}[/bold red]", str(error), error=True)
        sys.exit(error.exit_code)
    except (Exception, PanicException) as error:
        where = "".join(traceback.format_tb(error.__traceback__))
        say(
            "[bold red]A fault of the program[/bold red]",
            f"{type(error).__name__}. Nothing was published.",
            error=True,
        )
        say(
            "",
            f"Its message is withheld: it may hold a value from an extract. Please report this:\n{where}",
            error=True,
        )
        sys.exit(FAULT)
