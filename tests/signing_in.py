"""Sign-ins as a provider's end in: the cookies that Streamlit signs, made at any time and of any size."""

import itertools
import json
from collections.abc import Mapping
from datetime import datetime
from unittest import mock

import itsdangerous
from streamlit.auth_util import set_cookie_with_chunks
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

SECRET = "a secret that signs cookies"
COOKIE = "_streamlit_user"
_COUNT = itertools.count(1)


def provider_cookie(
    claims: Mapping[str, object], secret: str = SECRET, at: datetime | None = None
) -> dict[str, str]:
    """The cookies of one sign-in, by name: one, or several where the claims are many. Each call is another sign-in."""
    said = {"nonce": f"nonce {next(_COUNT)}", **claims, "origin": "http://localhost", "is_logged_in": True}
    made: dict[str, str] = {}

    def signed(name: str, value: str) -> bytes:
        return create_signed_value(secret, name, value)

    def keep(name: str, value: str) -> None:
        made[name] = signed(name, value).decode()

    with mock.patch.object(
        itsdangerous.TimestampSigner, "get_timestamp", lambda _: int(at.timestamp()) if at else _now()
    ):
        set_cookie_with_chunks(keep, signed, COOKIE, said, cookie_attr_size=80)
    return made


def claims_of(cookies: Mapping[str, str]) -> dict[str, object]:
    """What a small cookie says, as Streamlit gives it to the app."""
    value = cookies[COOKIE]
    said = itsdangerous.URLSafeTimedSerializer(SECRET, salt=COOKIE).loads(value)
    claims: dict[str, object] = json.loads(said)
    return claims


def _now() -> int:
    import time

    return int(time.time())
