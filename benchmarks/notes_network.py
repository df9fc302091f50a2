"""No call over the network, and every attempt counted."""

import logging
import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NoReturn
from unittest.mock import patch

_WITHIN_THE_MACHINE = (getattr(socket, "AF_UNIX", None),)


@dataclass
class Calls:
    """How many were attempted so far."""

    attempted: int = 0


@contextmanager
def no_network() -> Iterator[Calls]:
    """Refuses every connection and every look-up of a name, and counts them.

    What a library fetched on an earlier day and kept (tldextract its list of suffixes) would hide that it asks: its
    cache is an empty folder here. It has to be imported within this context for that.
    """
    calls = Calls()
    connect = socket.socket.connect

    def refused(*_given: Any, **_named: Any) -> NoReturn:
        calls.attempted += 1
        raise OSError("There is no network here.")

    def refused_outside(self: socket.socket, *given: Any) -> None:
        if self.family not in _WITHIN_THE_MACHINE:
            refused()
        connect(self, *given)

    logging.getLogger("tldextract").setLevel(logging.CRITICAL)
    with (
        tempfile.TemporaryDirectory() as cache,
        patch.dict(os.environ, {"TLDEXTRACT_CACHE": cache}),
        patch.object(socket.socket, "connect", refused_outside),
        patch.object(socket.socket, "connect_ex", refused),
        patch.object(socket, "getaddrinfo", refused),
        patch.object(socket, "gethostbyname", refused),
    ):
        yield calls
