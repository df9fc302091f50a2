"""Reads the templates of returns, `data/returns/*.toml`, and says what is wrong where one cannot be.

What cannot be asked is refused here, when the file is read: an unknown measure, dimensions that do not go together,
a name that the Explore Education Statistics standard would not take. Codes are looked at with a release
(`check_codes`).
"""

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from release.catalogue import Catalogue, read_catalogue
from release.errors import SettingsError
from release.in_file import InFile
from release.measures import OF_A_FRAMEWORK, list_name
from release.places import Places
from release.return_columns import check_column, read_column
from release.return_periods import FREQUENCIES, Period, period_named
from release.returns import (
    AUTHORITY,
    FORMATS,
    PROFILES,
    Authority,
    ColumnAsked,
    Given,
    Limits,
    NarrativeAsked,
    TableAsked,
    Template,
)
from release.roles import ROLES

FOLDER: Final = "returns"
CLAIM_ROWS: Final = ("kind", "state", "rate")
_ID: Final = re.compile(r"[a-z][a-z0-9-]{1,39}")
# Names of columns and files, as that standard takes them.
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,34}")
_TEXTS: Final = ("title", "asked_by", "about", "source", "verified", "framework", "contact")
_CHOICES: Final = ("frequency", "first_period", "last_period", "profile", "formats", "signing", "limits")
_SETTINGS: Final = frozenset({*_TEXTS, *_CHOICES, "table", "narrative"})
_MOST_TABLES, _MOST_COLUMNS, _MOST_ROWS = 60, 40, 2
_LARGEST_FILE = 400_000
_LONGEST_TITLE, _LONGEST_LABEL = 120, 80
# Words that the standard keeps for the columns of its own.
_KEPT: Final = frozenset(
    {"time_period", "time_identifier", "geographic_level", "old_la_code", "new_la_code", "la_name"}
    | {f"{place}_{what}" for place in ("country", "region") for what in ("code", "name")}
)


def templates(places: Places) -> dict[str, Template]:
    """Every template of a council that can be read, by id."""
    catalogue = read_catalogue(places.setting("catalogue.toml"))
    return {name: one for name, one in every_template(places, catalogue) if isinstance(one, Template)}


def every_template(places: Places, catalogue: Catalogue) -> Iterator[tuple[str, Template | SettingsError]]:
    """Every template of a council, or what is wrong with it, by id: one with a mistake, or that asks for more than the
    catalogue has, keeps no other from being used."""
    folder = places.setting(FOLDER)
    for file in sorted(folder.glob("*.toml")) if folder.is_dir() else []:
        if file.name != AUTHORITY:
            try:
                yield file.stem, read_template(file, catalogue)
            except SettingsError as error:
                yield file.stem, error


def template_named(places: Places, name: str) -> Template:
    """One template by its id. Raises SettingsError where there is none, or it holds a mistake."""
    file = places.setting(FOLDER) / f"{name}.toml"
    if _ID.fullmatch(name) is None or not file.is_file():
        raise SettingsError(
            f"There is no return of that name in {places.setting(FOLDER)}. See: python -m custody returns list"
        )
    return read_template(file, read_catalogue(places.setting("catalogue.toml")))


def read_template(file: Path, catalogue: Catalogue) -> Template:
    """The template that a file holds; its id is the name of the file. Raises SettingsError naming place and fix."""
    place = InFile(file)
    text = _text(file)
    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"{file} is not valid TOML: {error}") from None
    if _ID.fullmatch(file.stem) is None:
        raise place.wrong("a template's file is named by small letters, digits and -, at most 40 of them.")
    return _template(place, content, text, catalogue)


def read_authority(places: Places) -> Authority:
    """The council as the Department for Education's standard names it. Raises SettingsError for a mistake."""
    file = places.setting(FOLDER) / AUTHORITY
    place = InFile(file)
    try:
        table = tomllib.loads(_text(file))
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"{file} is not valid TOML: {error}") from None
    texts = ("name", "new_code", "old_code", "region_name", "region_code", "country_name", "country_code")
    place.only_keys(table, {*texts, "made_up", "verified"})
    said = {name: place.at(name).text(table.get(name)) for name in texts}
    for name, form in (
        ("new_code", r"[EWSN][0-9]{8}"),
        ("region_code", r"[EWSN][0-9]{8}"),
        ("country_code", r"[EWSNK][0-9]{8}"),
        ("old_code", r"[0-9]{3}"),
    ):
        if re.fullmatch(form, said[name]) is None:
            raise place.at(name).wrong(f"this code has the form {form}, such as E08000035 or 383.")
    return Authority(
        **said,
        made_up=place.at("made_up").truth(table.get("made_up", False)),
        verified=place.at("verified").truth(table.get("verified", False)),
    )


def check_codes(template: Template, file: Path, lists: Mapping[str, Collection[str]], further: str) -> None:
    """Refuse a filter that names a code that a release does not know. `lists`: codes by the name of the list;
    `further`: the framework of the template, where it is not the primary one of the release. Raises SettingsError."""
    for number, table in enumerate(template.tables, start=1):
        for column in table.columns:
            if not column.counted:
                continue
            for dimension, codes in column.filters.items():
                known = lists.get(list_name(dimension, further if dimension in OF_A_FRAMEWORK else ""), ())
                for code in codes:
                    if code not in known:
                        raise InFile(file, ("table", str(number), column.name, "filters", dimension)).wrong(
                            f"the release knows no code {code!r}. It has: {', '.join(sorted(known)) or 'none'}."
                        )


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > _LARGEST_FILE:
            raise SettingsError(f"{file} is too large for a settings file.")
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SettingsError(f"{file} is missing. Put back the one that is shipped.") from None
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{file} is not UTF-8. Save it as UTF-8.") from None


def _template(place: InFile, content: Mapping[str, Any], text: str, catalogue: Catalogue) -> Template:
    place.only_keys(content, _SETTINGS)
    frequency = place.at("frequency").one_of(content.get("frequency"), FREQUENCIES)
    profile = place.at("profile").one_of(content.get("profile"), PROFILES)
    framework = place.at("framework").text(content.get("framework", ""), empty=True)
    signing = place.at("signing").table(content.get("signing"))
    place.at("signing").only_keys(signing, {"roles", "people"})
    roles = place.at("signing", "roles").texts(signing.get("roles"))
    for role in roles:
        place.at("signing", "roles").one_of(role, ROLES)
    if not roles:
        raise place.at("signing", "roles").wrong("name at least one role that signs.")
    limits = place.at("limits").table(content.get("limits", {"percent": 25, "least": 10}))
    place.at("limits").only_keys(limits, {"percent", "least"})
    formats = place.at("formats").texts(content.get("formats", list(FORMATS)))
    if not formats:
        raise place.at("formats").wrong(f"name at least one of {', '.join(FORMATS)}.")
    for one in formats:
        place.at("formats").one_of(one, FORMATS)
    found = place.at("table").tables(content.get("table"))
    if not 1 <= len(found) <= _MOST_TABLES:
        raise place.at("table").wrong(f"a return has from 1 to {_MOST_TABLES} tables.")
    tables = tuple(
        _table(place.at("table", number), one, profile, framework, frequency, catalogue)
        for number, one in enumerate(found, start=1)
    )
    narrative = place.at("narrative").tables(content.get("narrative", []))
    texts = tuple(_narrative(place.at("narrative", n), one) for n, one in enumerate(narrative, start=1))
    for at, names in (("table", [one.name for one in tables]), ("narrative", [one.name for one in texts])):
        _no_twins(place.at(at), names)
    return Template(
        id=place.path.stem,
        title=_short(place.at("title"), content.get("title"), _LONGEST_TITLE),
        asked_by=place.at("asked_by").text(content.get("asked_by")),
        about=tuple(place.at("about").text(one) for one in place.at("about").texts(content.get("about", []))),
        source=place.at("source").text(content.get("source")),
        verified=place.at("verified").truth(content.get("verified")),
        frequency=frequency,
        first=_period(place.at("first_period"), content.get("first_period"), frequency),
        last=_period(place.at("last_period"), content.get("last_period"), frequency),
        profile=profile,
        framework=framework,
        formats=tuple(one for one in FORMATS if one in formats),
        contact=place.at("contact").texts(content.get("contact", [])),
        roles=roles,
        # Two people sign, or more: never one.
        people=place.at("signing", "people").whole(signing.get("people", 2), 2, 2),
        limits=Limits(
            place.at("limits", "percent").whole(limits.get("percent"), 1, 1000),
            place.at("limits", "least").whole(limits.get("least"), 0, 1_000_000),
        ),
        tables=tables,
        narrative=texts,
        text=text,
    )


def _table(
    place: InFile,
    table: Mapping[str, Any],
    profile: str,
    framework: str,
    frequency: str,
    catalogue: Catalogue,
) -> TableAsked:
    place.only_keys(table, {"name", "title", "about", "rows", "column"})
    name = _name(place.at("name"), table.get("name"))
    rows = place.at("rows").texts(table.get("rows", []))
    found = place.at("column").tables(table.get("column"))
    if not 1 <= len(found) <= _MOST_COLUMNS:
        raise place.at("column").wrong(f"a table has from 1 to {_MOST_COLUMNS} columns.")
    columns: list[ColumnAsked] = []
    for number, one in enumerate(found, start=1):
        at = place.at("column", number)
        columns.append(read_column(at, one, framework))
        _name(at.at("name"), columns[-1].name)
        _short(at.at("label"), columns[-1].label, _LONGEST_LABEL)
    _no_twins(place.at("column"), [*rows, *(one.name for one in columns)])
    asked = TableAsked(
        name,
        _short(place.at("title"), table.get("title"), _LONGEST_TITLE),
        place.at("about").text(table.get("about", ""), empty=True),
        rows,
        tuple(columns),
    )
    _check_rows(place.at("rows"), asked, profile, catalogue)
    for number, column in enumerate(columns, start=1):
        check_column(place.at("column", number), column, asked, profile, frequency, catalogue)
    return asked


def _check_rows(place: InFile, table: TableAsked, profile: str, catalogue: Catalogue) -> None:
    if len(table.rows) > _MOST_ROWS:
        raise place.wrong(f"a table is broken down by at most {_MOST_ROWS} things.")
    if table.of_claims:
        if not all(one.given in (Given.CLAIMS, Given.NOT_AVAILABLE) for one in table.columns):
            raise place.wrong("a table of claims has columns of claims alone. Make two tables.")
        if profile != "publication":
            raise place.wrong(
                "claims are told exactly, so they belong to a return of the profile publication."
            )
        for row in table.rows:
            place.one_of(row, CLAIM_ROWS)
        return
    for row in table.rows:
        place.one_of(row, catalogue.dimensions)
        if set(table.rows) & set(catalogue.ancestors(row)):
            raise place.wrong(f"{row} lies in another of these. Keep the finer one.")


def _narrative(place: InFile, table: Mapping[str, Any]) -> NarrativeAsked:
    place.only_keys(table, {"name", "label", "about", "required"})
    return NarrativeAsked(
        _name(place.at("name"), table.get("name")),
        _short(place.at("label"), table.get("label"), _LONGEST_TITLE),
        place.at("about").text(table.get("about", ""), empty=True),
        place.at("required").truth(table.get("required", False)),
    )


def _period(place: InFile, value: object, frequency: str) -> Period | None:
    if value is None:
        return None
    try:
        found = period_named(place.text(value))
    except SettingsError as error:
        raise place.wrong(str(error)) from None
    if found.frequency != frequency:
        raise place.wrong(f"this is no {frequency}, and the return is asked for by {frequency}s.")
    return found


def _name(place: InFile, value: object) -> str:
    if not isinstance(value, str) or _NAME.fullmatch(value) is None or value in _KEPT:
        raise place.wrong(
            "a name has at most 35 small letters, digits and _, begins with a letter, and is none of those that "
            "statistical files keep for time and place."
        )
    return value


def _short(place: InFile, value: object, most: int) -> str:
    text = place.text(value)
    if len(text) > most:
        raise place.wrong(f"this text has more than {most} letters. Say the rest under about.")
    return text


def _no_twins(place: InFile, names: list[str]) -> None:
    for name in _twice(names):
        raise place.wrong(f"{name!r} is there twice. Rename one.")


def _twice(names: list[str]) -> Iterator[str]:
    return (name for place, name in enumerate(names) if name in names[:place])
