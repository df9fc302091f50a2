"""Spreadsheets in the OpenDocument format, through LibreOffice where the machine has it.

LibreOffice runs in a folder of its own that is gone afterwards: without the user's settings, without macros, and with
an end to its time. What it writes is dated like the document; its bytes are those of its version, so that they are the
same again on one machine, and compared by content between two.
"""

import os
import re
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Final

from custody.documents.errors import DocumentError
from custody.documents.repacking import repacked

_NAMES: Final = ("soffice", "libreoffice")
# The time that a spreadsheet of any size here may take. It takes seconds.
_SECONDS: Final = 120
_SETTINGS: Final = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution"
 oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel"
 oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks"
 oor:op="fuse"><value>true</value></prop></item>
</oor:items>
"""
_META: Final = "meta.xml"
_STYLES: Final = "styles.xml"
_PAGE_STYLE: Final = re.compile(rb"<style:master-page .*?</style:master-page>", re.S)
_PAGE_STYLES: Final = re.compile(rb"(?:%s)+" % _PAGE_STYLE.pattern, re.S)
_DATED: Final = re.compile(rb"<(meta:creation-date|dc:date|meta:print-date|meta:editing-duration)>[^<]*</\1>")


def suite() -> Path | None:
    """LibreOffice's program on this machine, if there is one."""
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    return None if found is None else Path(found)


def open_document(workbook: bytes, as_of: date) -> bytes:
    """An XLSX workbook as ODS. Raises DocumentError where LibreOffice is not there, fails, or takes too long."""
    return repacked(converted(workbook, "ods"), as_of, lambda name, content: _settled(name, content, as_of))


def converted(workbook: bytes, to: str, *, seconds: float = _SECONDS, given_as: str = "xlsx") -> bytes:
    """A workbook in another format of LibreOffice's (`ods`, `xlsx`, `csv`), as the program writes it."""
    program = suite()
    if program is None:
        raise DocumentError(
            "There is no LibreOffice on this machine. Install it, or leave the format ODS out."
        )
    with tempfile.TemporaryDirectory(prefix="outcome-lens-") as folder:
        place = Path(folder)
        given, profile = place / f"given.{given_as}", place / "profile"
        given.write_bytes(workbook)
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
        _run(program, place, profile, given, to, seconds)
        made = place / "made" / f"given.{to}"
        if not made.is_file():
            raise DocumentError("LibreOffice wrote no file. Open the workbook in it by hand to see why.")
        return made.read_bytes()


def _run(program: Path, place: Path, profile: Path, given: Path, to: str, seconds: float) -> None:
    """Convert, in a process group of its own, ended as a whole when its time is over."""
    command = [
        str(program),
        f"-env:UserInstallation={profile.as_uri()}",
        "--headless",
        "--norestore",
        "--nologo",
        "--nodefault",
        "--convert-to",
        to,
        "--outdir",
        str(place / "made"),
        str(given),
    ]
    process = subprocess.Popen(
        command,
        cwd=place,
        env={"HOME": str(place), "PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC", "TMPDIR": str(place)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        raise DocumentError(
            f"LibreOffice took longer than {seconds:g} seconds and was ended. Leave the format ODS out, or try again."
        ) from None
    finally:
        # The program starts another of the real work: both go.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if process.returncode != 0:
        raise DocumentError("LibreOffice could not convert the workbook.")


def _settled(name: str, content: bytes, as_of: date) -> bytes:
    """A member of an ODS file with the document's times, and in one order what LibreOffice writes in any."""
    if name == _STYLES:
        return _PAGE_STYLES.sub(lambda found: b"".join(sorted(_PAGE_STYLE.findall(found[0]))), content)
    if name != _META:
        return content
    day = f"{as_of.isoformat()}T00:00:00".encode()

    def dated(found: re.Match[bytes]) -> bytes:
        tag = found[1]
        return b"<" + tag + b">" + (b"PT0S" if tag.endswith(b"duration") else day) + b"</" + tag + b">"

    return _DATED.sub(dated, content)
