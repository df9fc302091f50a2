"""What is done once when the app starts: what differs from the settings it is meant to run with is said, and the
rubbish collector forgets what the imports left behind."""

import gc
import logging
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from streamlit import config

from release.places import PROJECT

_LOG = logging.getLogger("outcome_lens.start")

# What .streamlit/config.toml says and a council should not change, and what each is for.
HARDENED: Final[Mapping[str, tuple[Any, str]]] = {
    "browser.gatherUsageStats": (False, "figures of use would be sent to Streamlit's makers"),
    "client.showErrorDetails": ("none", "errors would show the inside of the app"),
    "client.showErrorLinks": (False, "errors would link to places outside"),
    "client.toolbarMode": ("minimal", "readers would be offered what is for developers"),
    "global.developmentMode": (False, "the app would trust pages of other origins"),
    "runner.magicEnabled": (False, "values could be shown that no page shows"),
    "runner.postScriptGC": (False, "each page would take longer"),
    "server.corsAllowedOrigins": ([], "pages of other origins could speak to the app"),
    "server.enableAgentApi": (False, "programs would have a second way in"),
    "server.enableCORS": (True, "pages of other origins could speak to the app"),
    "server.enableStaticServing": (False, "files beside the app would be served unchecked"),
    "server.enableWebsocketCompression": (False, "what is secret could be guessed from the size of messages"),
    "server.enableXsrfProtection": (True, "pages of other origins could act for a reader"),
    "server.fileWatcherType": ("none", "a changed file would change the running app"),
    "server.maxUploadSize": (1, "the app takes no files"),
    "server.maxWidgetStateSize": (2, "a browser could send more than any page asks for"),
    "server.runOnSave": (False, "a changed file would change the running app"),
    "server.scriptHealthCheckEnabled": (False, "anybody could have pages drawn"),
    "server.trustedUserHeaders": ({}, "whoever reaches the app could say who they are in a header"),
    "server.xsrfCookieSameSite": ("strict", "pages of other origins could act for a reader"),
}
SECRETS: Final = PROJECT / ".streamlit" / "secrets.toml"
# What `streamlit run app.py` does without, as a reader of the log would put it.
WITHOUT_SERVER: Final = (
    "started with app.py alone: no downloads, no local accounts, no content security policy, no compressed files, and "
    "open pages are not told of a new release. Start it with: streamlit run asgi.py"
)


@cache
def settle() -> None:
    """Look through what the imports left behind once, and never again: after that a collection takes a tenth of the
    time."""
    gc.collect()
    gc.freeze()


@cache
def report() -> None:
    """Write a line into the log for each setting that differs from what the app is meant to run with, once."""
    for words in (*deviations(config.get_option), *_secrets_readable(SECRETS)):
        _LOG.warning("%s", words)


@cache
def report_without_server() -> None:
    """The same where the app was started without what stands around it (`streamlit run app.py`)."""
    report()
    _LOG.warning("%s", WITHOUT_SERVER)


def deviations(setting: Callable[[str], Any]) -> Iterator[str]:
    """A sentence for each setting that is not as it should be. `setting`: what a setting is now, by its name; it raises
    RuntimeError for one that this version of Streamlit does not have. No value is told: one may be a secret."""
    for name, (expected, otherwise) in HARDENED.items():
        try:
            now = setting(name)
        except RuntimeError:
            yield f"the setting {name} is not known to this version of Streamlit: see whether what it did is done"
            continue
        if (now or None) != (expected or None) if isinstance(expected, list | dict) else now != expected:
            yield f"the setting {name} is not as shipped in .streamlit/config.toml: {otherwise}"
    address = setting("server.address")
    if address not in {"127.0.0.1", "::1", "localhost"} and not setting("server.allowedHosts"):
        yield (
            "the server listens to other machines and takes any name for its own: say its names in "
            "server.allowedHosts (.streamlit/config.toml)"
        )


def _secrets_readable(file: Path) -> Iterator[str]:
    """A sentence where others of this machine can read the secrets."""
    if os.name == "posix" and file.exists() and file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield f"{file.relative_to(PROJECT)} is open to others of this machine: chmod 600 it"
