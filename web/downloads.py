"""The route that serves files: to the session that was offered them, while its role may see the page they are of."""

import logging
import secrets
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from evidence import sessions
from evidence.access import Who
from evidence.errors import NotGivenError
from evidence.offers import PATH, Offer
from evidence.store import Store
from release.errors import UserError

_LOG = logging.getLogger(__name__)

# Said for whatever is wrong with a link: nobody learns which links there are.
_GONE: Final = (
    "This link is not, or no longer, for you. Go back to the page and follow the link that stands there now."
)


def route(store: Store, base: str = "") -> Route:
    """The route `/download/…` of a store, below `base`, such as "/lens".

    It answers 200 with the file, 404 with a sentence for any link that is not for who asks, 410 with a sentence and a
    reference where the file itself may not be given (it was changed on disk, say), or 503 with a reference where the
    ledger is down: no file leaves that is not written down.
    """
    store.desk.offers.served = True
    store.desk.offers.base = base

    async def download(request: Request) -> Response:
        token = request.path_params["token"]
        headers = {name.lower(): value for name, value in request.headers.items()}
        return await run_in_threadpool(_answer, store, token, headers, dict(request.cookies))

    return Route(f"{base}{PATH}/{{token}}", download, methods=["GET"])


def _answer(store: Store, token: str, headers: Mapping[str, str], cookies: Mapping[str, str]) -> Response:
    try:
        found = _admitted(store, token, headers, cookies)
        if found is None:
            return PlainTextResponse(_GONE, 404)
        offer, who = found
        try:
            content = offer.content()
        except NotGivenError as error:
            return _not_given(store, offer, who, error)
        store.desk.downloaded(who, offer.page, offer.name)
    except UserError as error:
        reference = secrets.token_hex(4)
        _LOG.error("no download, %s (reference %s): %s", type(error).__name__, reference, error)
        words = (
            f"Outcome Lens cannot give this now. Please pass the reference {reference} on to whoever runs it."
        )
        return PlainTextResponse(words, 503)
    return Response(
        content, media_type=offer.media_type, headers={"content-disposition": _attached(offer.name)}
    )


def _not_given(store: Store, offer: Offer, who: Who, error: NotGivenError) -> Response:
    """A file that was offered and is not given: that is written down before it is said."""
    reference = secrets.token_hex(4)
    store.desk.not_given(who, offer.page, offer.name, error.why)
    _LOG.error("%s is not given (reference %s): %s", offer.name, reference, error.why)
    return PlainTextResponse(f"{error} (Reference {reference}.)", 410)


def _admitted(
    store: Store, token: str, headers: Mapping[str, str], cookies: Mapping[str, str]
) -> tuple[Offer, Who] | None:
    """The offer and who asks for it, or None where it is not theirs, or not theirs any more."""
    offer = store.desk.offers.taken(token)
    if offer is None:
        return None
    who = sessions.standing(store, offer.who, headers, cookies)
    if who is None or not who.session or not secrets.compare_digest(who.session, offer.who.session):
        return None
    # What it shows was made for one role and one part of the council: for another it is another file.
    if (who.name, who.role, who.scope) != (offer.who.name, offer.who.role, offer.who.scope):
        return None
    if not who.may_see(offer.page):
        store.desk.download_refused(who, offer.page, "its role does not see the page any more")
        return None
    return offer, who


def _attached(name: str) -> str:
    """A Content-Disposition (RFC 6266): the name in plain characters, and in full."""
    plain = "".join(one if one.isascii() and (one.isalnum() or one in "-_. ") else "_" for one in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
