"""Research exports: tables, rows and private tables, which two checkers approve before anybody has them."""

from custody.exports.before import released_before
from custody.exports.handing_out import hand_out_export, look_after_exports
from custody.exports.keeping import export_file
from custody.exports.preparing import prepare_export

__all__ = ["export_file", "hand_out_export", "look_after_exports", "prepare_export", "released_before"]
