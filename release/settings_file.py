"""Reads a TOML file that a council edits, and says what is wrong where it cannot be read."""

import tomllib
from pathlib import Path
from typing import Any

from release.errors import SettingsError


def read_settings_file(file: Path) -> dict[str, Any]:
    """What `file` holds. Raises SettingsError where it is missing, may not be read, or is no TOML."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(f"{file} is missing. Put back the one that is shipped.") from None
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror}.") from None
    # Not only what is no TOML: a number of too many digits too.
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"{file} is not valid TOML: {error}") from None
