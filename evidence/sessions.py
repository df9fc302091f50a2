"""Who somebody is at this turn: what their browser holds, held against the sessions of the ledger and today's rules.

A browser holds a cookie that nobody else has; the ledger knows its digest alone. Of a provider's sign-in it is the
cookie that Streamlit signs (`_streamlit_user`), of a local account a random token. What counts of the first is what
the signature covers, not the text: a signature can be written in several ways, its content in one.
"""

import hashlib
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from itsdangerous import BadData, URLSafeTimedSerializer

from evidence import access
from evidence.access import Role, Rules, Visit, Way, Who
from evidence.desk import Desk
from evidence.doors import Door
from ledger import LOCAL, PROVIDER, Account, SessionStanding, SignIn

if TYPE_CHECKING:
    from evidence.store import Store

PROVIDER_COOKIE: Final = "_streamlit_user"
DEMO_COOKIE: Final = "outcome_lens_demo"
LOCAL_COOKIE: Final = "outcome_lens_session"
# What a browser only sends to the very host that set it, over TLS.
_HOST_PREFIX: Final = "__Host-"
# A large cookie comes in parts, all signed at once; parts of two sign-ins are none.
_IN_PARTS: Final = re.compile(rb"\Achunks-(\d{1,2})\Z")
_AT_ONCE: Final = timedelta(seconds=5)
_LONGEST: Final = 20_000
# No cookie is older: whatever the rules say, it is refused.
_OLDEST: Final = timedelta(days=31)


@dataclass(frozen=True)
class Proof:
    """What a provider's cookie proves: its key, when it was signed, and what the provider said."""

    key: str
    since: datetime
    claims: Mapping[str, object]


class Out(Enum):
    """Why somebody is nobody here."""

    SIGN_IN = auto()
    SIGN_IN_HERE = auto()
    NO_ROLE = auto()
    OVER = auto()
    IDLE = auto()
    CLOSED = auto()


@dataclass(frozen=True)
class Came:
    """What came of a visit: somebody, or a way (the demo), or why not. `name`: of whom nothing is given to."""

    who: Who | None = None
    demo: bool = False
    out: Out | None = None
    name: str = ""


def came(
    desk: Desk,
    rules: Rules,
    door: Door,
    headers: Mapping[str, str],
    cookies: Mapping[str, str],
    *,
    synthetic: bool,
    begins: bool = True,
    now: datetime | None = None,
) -> Came:
    """What comes of a visit by its headers and cookies. `begins`: whether it is a turn of the app, which begins a
    session and keeps it in use; a download is not. Raises LedgerError where the ledger is out of reach."""
    now = now or datetime.now(UTC)
    visit = Visit(door.server_address, headers, door.provider)
    if door.provider:
        proof = proved(cookies, door.secret, now)
        if proof is None:
            return Came(out=Out.SIGN_IN)
        return _by_provider(desk, rules, proof, replace(visit, claims=proof.claims), now, begins=begins)
    way = access.way_in(visit, rules, synthetic=synthetic)
    if way is Way.SIGN_IN_HERE:
        return _by_account(desk, rules, local_key(headers, cookies), now, begins=begins)
    return Came(demo=True) if way is Way.DEMO else Came(out=Out.CLOSED)


def is_demo(rules: Rules, door: Door, headers: Mapping[str, str], *, synthetic: bool) -> bool:
    """Whether a visit is one of the demo's, which needs no ledger."""
    visit = Visit(door.server_address, headers, door.provider)
    return access.way_in(visit, rules, synthetic=synthetic) is Way.DEMO


def _by_provider(
    desk: Desk, rules: Rules, proof: Proof, visit: Visit, now: datetime, *, begins: bool
) -> Came:
    name = access.name_of(proof.claims, rules)
    if access.way_in(visit, rules, synthetic=False) is not Way.SIGNED_IN:
        return Came(out=Out.NO_ROLE, name=name)
    who = replace(access.member(proof.claims, rules), session=proof.key)
    sessions = desk.ledger.sessions
    if begins:
        sign_in = SignIn(proof.key, name, who.role.value, who.scope, PROVIDER, proof.since)
        standing = sessions.turn(sign_in, rules.lasts, now)
    else:
        found, standing = sessions.again(proof.key, rules.lasts, now)
        if found is None or found.since != proof.since or found.name != name:
            return Came(out=Out.OVER, name=name)
    return _stands(desk, who, standing, now)


def _by_account(desk: Desk, rules: Rules, key: str, now: datetime, *, begins: bool) -> Came:
    if not key:
        return Came(out=Out.SIGN_IN_HERE)
    sessions = desk.ledger.sessions
    found, standing = sessions.again(key, rules.lasts, now)
    if found is None or found.way != LOCAL:
        return Came(out=Out.SIGN_IN_HERE)
    account = desk.ledger.accounts.find(found.name)
    who = None if account is None else _holder(account, rules, key)
    if who is None:
        return Came(out=Out.NO_ROLE if standing is SessionStanding.OPEN else Out.OVER, name=found.name)
    if begins:
        standing = sessions.note(found, who.role.value, who.scope, rules.lasts, now)
    return _stands(desk, who, standing, now)


def _holder(account: Account, rules: Rules, key: str) -> Who | None:
    """Whose account it is; None where its role is none that there is."""
    if account.role not in set(Role):
        return None
    role = Role(account.role)
    return Who(account.name, role, rules.pages_of(role, account.scope), scope=account.scope, session=key)


def _stands(desk: Desk, who: Who, standing: SessionStanding, now: datetime) -> Came:
    if standing is SessionStanding.OPEN:
        return Came(who)
    desk.offers.end(who.session)
    if standing is SessionStanding.ENDED:
        desk.ledger.sessions.refused(who.session, now)
    return Came(out=Out.IDLE if standing is SessionStanding.IDLE else Out.OVER, name=who.name)


def standing(
    store: "Store", offered: Who, headers: Mapping[str, str], cookies: Mapping[str, str]
) -> Who | None:
    """The same somebody as they stand now, if this request comes from the session of `offered` and that is still open;
    None otherwise. For the routes beside the app. Raises UserError where the ledger or the rules are out of reach.

    `headers`: names in lower case. Nobody stands before the app has had its first turn and set up the door.
    """
    door, evidence = store.desk.door, store.current()
    if door is None or evidence is None or not offered.session:
        return None
    rules = store.desk.rules()
    synthetic = evidence.release().synthetic
    found = came(store.desk, rules, door, headers, cookies, synthetic=synthetic, begins=False)
    if found.demo:
        same = offered.demo and demo_key(cookies) == offered.session
        return replace(offered, pages=rules.pages_of(offered.role)) if same else None
    return found.who if found.who is not None and found.who.session == offered.session else None


def over(desk: Desk, keys: Collection[str], now: datetime | None = None) -> set[str]:
    """Which of these sessions are no longer open: signed out, ended, too old or idle. A visitor of the demo has none
    that could be."""
    return desk.ledger.sessions.over(keys, desk.rules().lasts, now or datetime.now(UTC))


def sign_out(desk: Desk, who: Who) -> None:
    """End a session before its browser drops the cookie: the cookie is worth nothing from now on."""
    desk.offers.end(who.session)
    if not who.demo and who.session:
        desk.ledger.sessions.end(who.session, by=who.name, role=who.role.value)


def proved(cookies: Mapping[str, str], secret: str, now: datetime | None = None) -> Proof | None:
    """What the cookie of a provider's sign-in proves, or None: there is none, it is of another secret, too old or of
    the future, or put together of two."""
    parts = _parts(cookies, secret)
    if not parts:
        return None
    times = [time for _, time, _ in parts]
    since, now = min(times), now or datetime.now(UTC)
    if max(times) - since > _AT_ONCE or not timedelta(minutes=-5) <= now - since <= _OLDEST:
        return None
    content = b"".join(value for _, _, value in parts[1:]) if len(parts) > 1 else parts[0][2]
    try:
        claims = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if not isinstance(claims, dict) or claims.get("is_logged_in") is not True:
        return None
    signed = b"\n".join(signed for signed, _, _ in parts)
    return Proof(_digest(PROVIDER, signed), since, claims)


def _parts(cookies: Mapping[str, str], secret: str) -> list[tuple[bytes, datetime, bytes]]:
    """The cookie's parts in order, each as what its signature covers, when it was signed, and what it says; none where
    one of them is missing or not signed with this secret. Of a whole one there is one part; of one in parts, the first
    says how many follow."""
    if not secret:
        return []
    first = _part(cookies, PROVIDER_COOKIE, secret)
    if first is None:
        return []
    counted = _IN_PARTS.match(first[2])
    names = [f"{PROVIDER_COOKIE}_{place}" for place in range(1, 1 + int(counted[1]))] if counted else []
    rest = [_part(cookies, name, secret) for name in names]
    there = [first, *(one for one in rest if one is not None)]
    return there if len(there) == 1 + len(names) else []


def _part(cookies: Mapping[str, str], name: str, secret: str) -> tuple[bytes, datetime, bytes] | None:
    text = cookies.get(name, "")
    if not text or len(text) > _LONGEST:
        return None
    try:
        value, time = URLSafeTimedSerializer(secret, salt=name).loads(text, return_timestamp=True)
    except (BadData, UnicodeError, ValueError, OverflowError, RecursionError):
        return None
    if not isinstance(value, str) or not isinstance(time, datetime):
        return None
    return text.rpartition(".")[0].encode(), time.astimezone(UTC), value.encode("utf-8", "replace")


def local_cookie(headers: Mapping[str, str]) -> str:
    """The name of the cookie of a local account: on any host but this machine one that needs TLS, and that no other
    host can set."""
    return LOCAL_COOKIE if access.is_loopback_host(headers) else _HOST_PREFIX + LOCAL_COOKIE


def local_key(headers: Mapping[str, str], cookies: Mapping[str, str]) -> str:
    """The key of the session of a local account; "" where the browser brings none."""
    token = cookies.get(local_cookie(headers), "")
    return key_of_token(token) if 0 < len(token) <= _LONGEST else ""


def key_of_token(token: str) -> str:
    """The key that a local account's token is known by."""
    return _digest(LOCAL, token.encode("utf-8", "replace"))


def demo_key(cookies: Mapping[str, str]) -> str:
    """The key of a visitor of the demo, by the cookie that stands for one; "" where there is none."""
    token = cookies.get(DEMO_COOKIE, "")
    return f"demo:{_digest('demo', token.encode('utf-8', 'replace'))}" if token else ""


def _digest(way: str, secret: bytes) -> str:
    return hashlib.sha256(way.encode() + b"\0" + secret).hexdigest()
