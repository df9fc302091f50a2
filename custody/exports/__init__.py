"""Research exports: tables, rows and private tables, which two checkers approve before anybody has them."""

from custody.answers import Answer
from custody.exports.before import released_before
from custody.exports.handing_out import hand_out_export, look_after_exports
from custody.exports.keeping import export_file
from ledger import Ledger, Request
from release.places import Places

__all__ = ["export_file", "hand_out_export", "look_after_exports", "prepare_export", "released_before"]


def prepare_export(places: Places, ledger: Ledger, request: Request) -> Answer:
    """Prepare the export that a request is about (custody.exports.preparing, which takes a second to load)."""
    from custody.exports.preparing import prepare_requested

    return prepare_requested(places, ledger, request)
