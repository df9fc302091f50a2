"""Reads extracts.toml: which file of the folder holds which contract, from whom, and for which days."""

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from pipelines.contracts import CONTRACTS, INDISPENSABLE, Contract
from pipelines.contracts.contract import Column
from pipelines.errors import (
    EmptyFolderError,
    ExtractListError,
    MissingFileError,
    NoExtractListError,
    UnknownContractError,
    UnreadableFileError,
)

LIST_NAME = "extracts.toml"
PAYMENTS = ("by_results", "earned_autonomy", "none")
_LIST_KEYS = ("as_of", "authority", "synthetic", "payment", "extract")
_EXTRACT_KEYS = (
    "file",
    "contract",
    "partner",
    "covers_from",
    "covers_to",
    "columns",
    "values",
    "sheet",
    "may_be_empty",
)
_LARGEST_LIST = 1_000_000


@dataclass(frozen=True)
class Extract:
    """One file of the folder and what it should hold.

    `columns`: the partner's heading to ours. `values`: for a column, the partner's words to ours. `name`: the file as
    extracts.toml names it. `sheet`: of a workbook, where it is not to be found by its headings. `may_be_empty`: the
    partner had nothing to report; otherwise a file without rows is taken for a failed export.
    """

    file: Path
    contract: str
    partner: str
    covers_from: date
    covers_to: date
    columns: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]]
    name: str = ""
    sheet: str | None = None
    may_be_empty: bool = False

    @property
    def label(self) -> str:
        """The file's name for messages and places."""
        return self.name or self.file.name


@dataclass(frozen=True)
class ExtractList:
    """All files of one run, and what the council says of itself."""

    folder: Path
    as_of: date
    authority: str
    synthetic: bool
    payment: str
    extracts: tuple[Extract, ...]


def read_extract_list(folder: Path) -> ExtractList:
    """Read and check `folder`/extracts.toml.

    Errors: EmptyFolderError, NoExtractListError, ExtractListError (a mistake in it), UnknownContractError,
    MissingFileError (a file it names is not there). No path may lead out of the folder, not even by a link.
    """
    if not folder.is_dir():
        raise EmptyFolderError(f"There is no folder {folder}. Give the folder that holds the extracts.")
    if not any(folder.iterdir()):
        raise EmptyFolderError(
            f"The folder {folder} is empty. Put the partners' files and {LIST_NAME} into it."
        )
    listed = _toml(folder / LIST_NAME)
    _known_keys(listed, _LIST_KEYS, "")
    as_of = _day(listed, "as_of", "")
    authority = _text(listed, "authority", "")
    synthetic = _flag(listed, "synthetic", "")
    payment = _text(listed, "payment", "") if "payment" in listed else PAYMENTS[0]
    if payment not in PAYMENTS:
        raise _mistake("payment", f"is none of {_or(PAYMENTS)}", _closest(payment, PAYMENTS))
    entries = listed.get("extract")
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
        raise ExtractListError(
            f"{LIST_NAME}: no file is listed. Write one [[extract]] table for each file, with file, contract, partner, "
            "covers_from and covers_to."
        )
    extracts = tuple(_extract(folder, entry, number) for number, entry in enumerate(entries, 1))
    seen: dict[Path, str] = {}
    for extract in extracts:
        if extract.file in seen:
            raise ExtractListError(
                f"{LIST_NAME}: {extract.label} is listed twice: its rows would count twice. Remove one of the two."
            )
        seen[extract.file] = extract.label
    missing = [name for name in INDISPENSABLE if name not in {extract.contract for extract in extracts}]
    if missing:
        raise ExtractListError(
            f'{LIST_NAME}: no extract has contract = "{missing[0]}", and without it there is nothing to evaluate. '
            f"Add an [[extract]] table for it ({CONTRACTS[missing[0]].title})."
        )
    return ExtractList(folder, as_of, authority, synthetic, payment, extracts)


def _toml(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise NoExtractListError(
            f"{path.parent} holds no {LIST_NAME}. It lists the files: docs/reference.md has an example to start from."
        )
    _within(path.parent, path, LIST_NAME)
    if path.stat().st_size > _LARGEST_LIST:
        raise ExtractListError(f"{LIST_NAME} is over a megabyte large: it should only list files.")
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        # The parser's own words may hold a key of the file: only the place is told.
        where = re.search(r"at line \d+, column \d+|at end of document", str(error))
        raise ExtractListError(
            f"{LIST_NAME} is no valid TOML, {where[0] if where else 'somewhere'}. "
            "Text stands in quotation marks, days do not (2024-10-31)."
        ) from None
    except UnicodeDecodeError:
        raise ExtractListError(f"{LIST_NAME} is not UTF-8. Save it as UTF-8.") from None
    except OSError as error:
        raise UnreadableFileError(f"{LIST_NAME} cannot be read: {error.strerror}.") from None


def _within(folder: Path, path: Path, label: str) -> Path:
    """The path with every link followed, if that is still inside the folder."""
    resolved = path.resolve()
    if not resolved.is_relative_to(folder.resolve()):
        raise ExtractListError(
            f"{LIST_NAME}: {label} leads out of the folder of extracts. Put the file itself into the folder."
        )
    return resolved


def _mistake(where: str, what: str, fix: str) -> ExtractListError:
    return ExtractListError(f"{LIST_NAME}: {where} {what}. {fix}".rstrip())


def _closest(word: str, words: Iterable[str]) -> str:
    words = list(words)
    alike = difflib.get_close_matches(word.casefold(), words, 1, 0.6)
    return f"Did you mean {alike[0]}?" if alike else f"There are: {', '.join(words)}."


def _or(words: Iterable[str]) -> str:
    return ", ".join(words)


def _known_keys(table: Mapping[str, Any], known: Iterable[str], where: str) -> None:
    for key in table:
        if key not in known:
            raise _mistake(f"{where}{key}", "is no setting", _closest(key, known))


def _needed(table: Mapping[str, Any], key: str, where: str) -> Any:
    if key not in table:
        raise _mistake(f"{where}{key}", "is missing", f"Add a line {key} = …")
    return table[key]


def _text(table: Mapping[str, Any], key: str, where: str) -> str:
    value = _needed(table, key, where)
    if not isinstance(value, str) or not value.strip():
        raise _mistake(f"{where}{key}", "is no text", f'Write {key} = "…" with something in it.')
    return value.strip()


def _flag(table: Mapping[str, Any], key: str, where: str, default: bool = False) -> bool:
    value = table.get(key, default)
    if not isinstance(value, bool):
        raise _mistake(f"{where}{key}", "is neither true nor false", f"Write {key} = true or {key} = false.")
    return value


def _day(table: Mapping[str, Any], key: str, where: str) -> date:
    value = _needed(table, key, where)
    if not isinstance(value, date) or isinstance(value, datetime):
        raise _mistake(f"{where}{key}", "is no day", f"Write {key} = 2024-10-31, without quotation marks.")
    return value


def _extract(folder: Path, entry: Mapping[str, Any], number: int) -> Extract:
    name = entry.get("file")
    where = f"{name}: " if isinstance(name, str) else f"extract number {number}: "
    _known_keys(entry, _EXTRACT_KEYS, where)
    name = _text(entry, "file", where)
    contract_name = _text(entry, "contract", where)
    if contract_name not in CONTRACTS:
        raise UnknownContractError(
            f'{LIST_NAME}: {where}there is no contract "{contract_name}". {_closest(contract_name, CONTRACTS)}'
        )
    contract = CONTRACTS[contract_name]
    covers_from, covers_to = _day(entry, "covers_from", where), _day(entry, "covers_to", where)
    if covers_from > covers_to:
        raise _mistake(f"{where}covers_from", "lies after covers_to", "Exchange or correct the two days.")
    return Extract(
        file=_file(folder, name),
        contract=contract_name,
        partner=_text(entry, "partner", where),
        covers_from=covers_from,
        covers_to=covers_to,
        columns=_columns(entry, contract, where),
        values=_values(entry, contract, where),
        name=name,
        sheet=_text(entry, "sheet", where) if "sheet" in entry else None,
        may_be_empty=_may_be_empty(entry, contract_name, where),
    )


def _may_be_empty(entry: Mapping[str, Any], contract: str, where: str) -> bool:
    flag = _flag(entry, "may_be_empty", where)
    if flag and contract in INDISPENSABLE:
        raise _mistake(
            f"{where}may_be_empty",
            f"cannot be true for {contract}: nothing could be evaluated",
            "Remove the line.",
        )
    return flag


def _file(folder: Path, name: str) -> Path:
    """The file inside the folder; errors for a name that leads out of it, and for a file that is not there."""
    outside = (
        PurePosixPath(name).is_absolute()
        or PureWindowsPath(name).drive
        or PureWindowsPath(name).root
        or ".." in PureWindowsPath(name).parts
        or "\x00" in name
    )
    if outside:
        raise ExtractListError(
            f"{LIST_NAME}: {name!r} leads out of the folder of extracts. Name files by their place inside the folder."
        )
    path = folder / name
    if not path.exists():
        names = [str(found.relative_to(folder)) for found in sorted(folder.iterdir()) if found.is_file()]
        alike = difflib.get_close_matches(name, [other for other in names if other != LIST_NAME], 1, 0.6)
        hint = f"Did you mean {alike[0]}?" if alike else "Put it there, or take its [[extract]] out."
        raise MissingFileError(f"{name} is not in {folder}, though {LIST_NAME} lists it. {hint}")
    resolved = _within(folder, path, name)
    if not resolved.is_file():
        raise UnreadableFileError(f"{name} is no file. {LIST_NAME} must name files, not folders.")
    return resolved


def _columns(entry: Mapping[str, Any], contract: Contract, where: str) -> dict[str, str]:
    table = _table(entry, "columns", where)
    for heading, ours in table.items():
        if not isinstance(ours, str):
            raise _mistake(
                f"{where}columns.{heading}", "is no text", f'Write "{heading}" = "one of our columns".'
            )
        if ours not in contract.by_name:
            raise _mistake(
                f'{where}columns: "{ours}"',
                f"is no column of {contract.name}",
                _closest(ours, contract.by_name),
            )
    return table


def _values(entry: Mapping[str, Any], contract: Contract, where: str) -> dict[str, dict[str, str]]:
    tables = _table(entry, "values", where)
    for name, table in tables.items():
        if name not in contract.by_name:
            raise _mistake(
                f"{where}values.{name}", f"is no column of {contract.name}", _closest(name, contract.by_name)
            )
        if not isinstance(table, dict) or not all(isinstance(ours, str) for ours in table.values()):
            raise _mistake(
                f"{where}values.{name}", "is no table of words", 'Write "their word" = "our code".'
            )
        _check_words(contract.by_name[name], table, f"{where}values.{name}")
    return tables


def _check_words(column: Column, table: Mapping[str, str], where: str) -> None:
    if column.type not in ("code", "text"):
        raise _mistake(where, f"translates words, but {column.name} is of type {column.type}", "Remove it.")
    for ours in table.values():
        if column.codes is not None and ours not in column.codes:
            raise _mistake(f'{where}: "{ours}"', f"is no code of {column.name}", _closest(ours, column.codes))


def _table(entry: Mapping[str, Any], key: str, where: str) -> dict[str, Any]:
    table = entry.get(key, {})
    if not isinstance(table, dict):
        raise _mistake(f"{where}{key}", "is no table", f"Write [extract.{key}] and the lines below it.")
    return dict(table)
