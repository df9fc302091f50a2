"""Who gets in, and who may see which page. Closed by default: what is not allowed here is refused."""

import ipaddress
import os
import threading
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from pathlib import Path
from typing import Any

from ledger import STANDARD, Limits, limits_of
from release.errors import SettingsError
from release.measures import WHOLE
from release.places import Places


class Role(StrEnum):
    """What somebody does at the council. A closed list."""

    MANAGER = "manager"
    RESEARCHER = "researcher"
    RETURNS_OFFICER = "returns_officer"
    AUDITOR = "auditor"
    OUTPUT_CHECKER = "output_checker"
    DATA_PROTECTION_OFFICER = "data_protection_officer"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


PAGES = (
    "overview",
    "outcomes",
    "journeys",
    "places",
    "payment",
    "window",
    "returns",
    "research",
    "data_quality",
    "privacy",
    "safety",
    "audit",
    "about",
)
# What somebody sees who is kept to a part of the council: the other pages are about the council as a whole.
PAGES_OF_A_PART = frozenset({"overview", "outcomes", "journeys", "places", "privacy", "safety", "about"})
# Who opened these is written to the audit log.
SENSITIVE = frozenset({"payment", "window", "returns", "research", "privacy", "safety", "audit"})
# Headers that say that a request came through a proxy, beside those that begin with x-forwarded.
_OF_A_PROXY = frozenset(
    {
        "cf-connecting-ip",
        "fastly-client-ip",
        "forwarded",
        "true-client-ip",
        "via",
        "x-client-ip",
        "x-cluster-client-ip",
        "x-original-forwarded-for",
        "x-original-host",
        "x-real-ip",
    }
)


@dataclass(frozen=True)
class Rules:
    """data/access.toml: which claim says the role, which value means which role, and which page is for whom.

    `scopes`: which value of the claim `place` keeps somebody to which scope of the catalogue ("": to none); None:
    nobody is kept to any. `local`: whether accounts of the ledger may sign in where no provider is set. `lasts`: how
    long a session does.
    """

    claim: str
    person: str
    roles: Mapping[str, Role]
    pages: Mapping[str, frozenset[Role]]
    place: str = ""
    scopes: Mapping[str, str] | None = None
    local: bool = False
    lasts: Limits = STANDARD

    def pages_of(self, role: Role, scope: str = "") -> frozenset[str]:
        pages = frozenset(page for page, roles in self.pages.items() if role in roles)
        return pages & PAGES_OF_A_PART if scope else pages


@dataclass(frozen=True)
class Who:
    """Somebody who got in: a name for the audit log, one role, the pages that role may see, and the part of the council
    that they are kept to ("": none).

    `session`: an opaque key of their session on the server, which is never what their browser holds; "" in tests alone.
    """

    name: str
    role: Role
    pages: frozenset[str]
    demo: bool = False
    scope: str = ""
    session: str = ""

    def may_see(self, page: str) -> bool:
        return page in self.pages


@dataclass(frozen=True)
class Persona:
    """Somebody whom a visitor of the demo can be: a made-up person of one role."""

    code: str
    label: str
    name: str
    role: Role


# One of each role; a second returns officer (what one signs, another submits) and a second output checker (each decides
# without knowing what the other did).
PERSONAS = (
    *(Persona(role.value, role.label, f"demo {role.label.lower()}", role) for role in Role),
    Persona(
        "second_returns_officer",
        "Returns officer, a colleague",
        "demo returns officer, a colleague",
        Role.RETURNS_OFFICER,
    ),
    Persona(
        "second_output_checker",
        "Output checker, a colleague",
        "demo output checker, a colleague",
        Role.OUTPUT_CHECKER,
    ),
)


@dataclass(frozen=True)
class Visit:
    """How a visitor came. `claims` are what the sign-in provider said of them; None where they have not signed in."""

    server_address: str | None
    headers: Mapping[str, str]
    provider: bool
    claims: Mapping[str, object] | None = None


class Way(Enum):
    """The ways that a visit can go."""

    DEMO = auto()
    SIGN_IN = auto()
    SIGNED_IN = auto()
    NO_ROLE = auto()
    SIGN_IN_HERE = auto()
    CLOSED = auto()


def way_in(visit: Visit, rules: Rules, *, synthetic: bool) -> Way:
    """What to do with a visitor: a provider goes first, then accounts of the ledger where the rules say so; the demo is
    the only other way in."""
    if visit.provider:
        if visit.claims is None:
            return Way.SIGN_IN
        known = role_of(visit.claims, rules) is not None and scope_of(visit.claims, rules) is not None
        return Way.SIGNED_IN if known else Way.NO_ROLE
    if rules.local:
        return Way.SIGN_IN_HERE
    return Way.DEMO if synthetic and is_demo_visit(visit) else Way.CLOSED


def is_demo_visit(visit: Visit) -> bool:
    """Whether the server listens to this machine alone and the visitor sits at it."""
    headers = {name.lower(): value for name, value in visit.headers.items()}
    # Whoever comes through a proxy may come from anywhere, whatever the Host header says.
    forwarded = any(name in _OF_A_PROXY or name.startswith("x-forwarded") for name in headers)
    return is_loopback(visit.server_address) and is_loopback(_host(headers.get("host"))) and not forwarded


def is_loopback(address: str | None) -> bool:
    """Whether an address is this machine's own and nobody else's: localhost, 127.0.0.0/8 or ::1."""
    if address is None:
        return False
    name = address.strip().lower().strip("[]")
    try:
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def is_loopback_host(headers: Mapping[str, str]) -> bool:
    """Whether a request names this very machine as its host."""
    return is_loopback(_host({name.lower(): value for name, value in headers.items()}.get("host")))


def role_of(claims: Mapping[str, object], rules: Rules) -> Role | None:
    """The role that a claim gives: the first line of the rules that it fits, or none."""
    values = _said(claims, rules.claim)
    return next((role for value, role in rules.roles.items() if value in values), None)


def scope_of(claims: Mapping[str, object], rules: Rules) -> str | None:
    """The part of the council that a claim keeps somebody to: the first line of the rules that it fits, "" for the
    whole. None where the rules know parts and this fits none: then nothing is for them."""
    if rules.scopes is None:
        return ""
    values = _said(claims, rules.place)
    return next((scope for value, scope in rules.scopes.items() if value in values), None)


def member(claims: Mapping[str, object], rules: Rules) -> Who:
    """Somebody who signed in and has a role and a part of the council. Call where `way_in` said SIGNED_IN."""
    role, scope = role_of(claims, rules), scope_of(claims, rules)
    if role is None or scope is None:
        raise ValueError("way_in lets nobody in without a role and a part of the council")
    return Who(name_of(claims, rules), role, rules.pages_of(role, scope), scope=scope)


def name_of(claims: Mapping[str, object], rules: Rules) -> str:
    """The name for the audit log."""
    said = claims.get(rules.person) or claims.get("sub")
    return said if isinstance(said, str) else "unnamed"


def demo_visitor(code: object, rules: Rules, session: str = "") -> Who:
    """A visitor of the demo, who chose to be one of PERSONAS; whatever is none of them is the first."""
    chosen = next((persona for persona in PERSONAS if persona.code == code), PERSONAS[0])
    return Who(chosen.name, chosen.role, rules.pages_of(chosen.role), demo=True, session=session)


def within_reach(places: Places) -> list[str]:
    """What this process could read and must not, outside the demo: in words, without a path."""
    forbidden = {
        "the key of the protected file": places.protected_key,
        "the keys of the pipelines": places.keys,
        "the vault": places.vault,
        "the landing folder": places.landing,
        "the quarantine": places.quarantine,
    }
    return [words for words, path in forbidden.items() if os.access(path, os.R_OK)]


class RuleBook:
    """data/access.toml, read again when it has changed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read: tuple[object, Rules] | None = None

    def rules(self, path: Path) -> Rules:
        """The rules as they are now. Raises SettingsError naming the place in the file and the fix."""
        try:
            state = path.stat()
        except OSError:
            # It says itself what is wrong.
            return read_rules(path)
        now = (path, state.st_mtime_ns, state.st_size, state.st_ino)
        read = self._read
        if read is not None and read[0] == now:
            return read[1]
        with self._lock:
            rules = read_rules(path)
            self._read = (now, rules)
            return rules


def read_rules(path: Path) -> Rules:
    """Read and check data/access.toml. Raises SettingsError naming the place in the file and the fix."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(
            f"There is no {path}. Restore data/access.toml: without it nobody gets in."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SettingsError(f"{path} is not readable as TOML: {error}. Mend that line.") from None
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}. Check who may read it.") from None
    sign_in, pages = _table(path, content, "sign_in"), _table(path, content, "pages")
    roles = {
        value: _role(path, "sign_in.roles", role)
        for value, role in _table(path, sign_in, "roles", "sign_in.roles").items()
    }
    for page in pages:
        if page not in PAGES:
            raise SettingsError(
                f"{path}, at pages: there is no page {page!r}. There are: {', '.join(PAGES)}."
            )
    local = sign_in.get("local", False)
    if not isinstance(local, bool):
        raise SettingsError(f"{path}, at sign_in.local: write true or false, without quotation marks.")
    for key in ("claim", "person"):
        if not isinstance(sign_in.get(key), str):
            raise SettingsError(f"{path}, at sign_in.{key}: name the claim, as a text.")
    scopes = _scopes(path, sign_in)
    allowed = {
        page: frozenset(_role(path, f"pages.{page}", role) for role in _listed(path, page, pages))
        for page in PAGES
    }
    place, lasts = sign_in.get("place", ""), limits_of(content, path)
    return Rules(sign_in["claim"], sign_in["person"], roles, allowed, place, scopes, local, lasts)


def _scopes(path: Path, sign_in: Mapping[str, Any]) -> dict[str, str] | None:
    """Which value of the claim `place` keeps somebody to which scope; None where neither is said."""
    if "place" not in sign_in and "scopes" not in sign_in:
        return None
    if not isinstance(sign_in.get("place"), str) or not isinstance(sign_in.get("scopes"), dict):
        raise SettingsError(
            f"{path}, at sign_in: place (a claim) and [sign_in.scopes] go together. Give both, or neither."
        )
    scopes = sign_in["scopes"]
    for value, scope in scopes.items():
        if not isinstance(scope, str) or not scope:
            raise SettingsError(
                f"{path}, at sign_in.scopes.{value}: name a scope of data/catalogue.toml, or {WHOLE!r}."
            )
    return {value: "" if scope == WHOLE else scope for value, scope in scopes.items()}


def _listed(path: Path, page: str, pages: Mapping[str, Any]) -> list[Any]:
    roles = pages.get(page, [])
    if not isinstance(roles, list):
        raise SettingsError(f'{path}, at pages.{page}: this must be a list of roles, like ["manager"].')
    return roles


def _table(path: Path, content: Mapping[str, Any], name: str, place: str = "") -> dict[str, Any]:
    table = content.get(name)
    if not isinstance(table, dict):
        raise SettingsError(f"{path}: the section [{place or name}] is missing.")
    return table


def _role(path: Path, place: str, value: object) -> Role:
    try:
        return Role(str(value))
    except ValueError:
        known = ", ".join(Role)
        raise SettingsError(f"{path}, at {place}: {value!r} is no role. Roles are: {known}.") from None


def _said(claims: Mapping[str, object], claim: str) -> set[str]:
    said = claims.get(claim)
    return {said} if isinstance(said, str) else set(_texts(said))


def _texts(said: object) -> list[str]:
    return [one for one in said if isinstance(one, str)] if isinstance(said, list | tuple) else []


def _host(header: str | None) -> str | None:
    """The host of a Host header, without its port."""
    if header is None:
        return None
    if header.startswith("["):
        return header[1:].partition("]")[0]
    return header.partition(":")[0]
