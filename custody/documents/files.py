"""The files of a document of statistics, in the formats that were asked for."""

from collections.abc import Iterable

from custody.documents.data_files import data_files
from custody.documents.machine import document_json
from custody.documents.office import open_document, suite
from custody.documents.paper import paper
from custody.documents.spreadsheet import spreadsheet
from custody.documents.statistics import Format, StatisticalDocument


def files(document: StatisticalDocument, formats: Iterable[Format]) -> dict[str, bytes]:
    """Each file by its name, in the order of the formats. ODS is left out where there is no LibreOffice (`left_out`
    says so). Raises DocumentError where LibreOffice fails."""
    wanted = set(formats)
    made: dict[str, bytes] = {}
    workbook = spreadsheet(document) if wanted & {Format.XLSX, Format.ODS} else b""
    if Format.XLSX in wanted:
        made[f"{document.name}.xlsx"] = workbook
    if Format.ODS in wanted and suite() is not None:
        made[f"{document.name}.ods"] = open_document(workbook, document.as_of)
    if Format.CSV in wanted:
        made.update(data_files(document))
    if Format.JSON in wanted:
        made[f"{document.name}.json"] = document_json(document)
    if Format.PDF in wanted:
        made[f"{document.name}.pdf"] = paper(document)
    return made


def left_out(formats: Iterable[Format]) -> tuple[str, ...]:
    """What of the formats cannot be written on this machine, in sentences."""
    if Format.ODS in set(formats) and suite() is None:
        return ("No OpenDocument spreadsheet (ODS) was written: there is no LibreOffice on this machine.",)
    return ()
