"""Who runs a command, for the audit log."""

import os

if os.name == "posix":
    import pwd


def whoever_runs_this() -> str:
    """The account under which a command runs: as the operating system has it, whatever the environment says."""
    try:
        if os.name == "posix":
            return pwd.getpwuid(os.getuid()).pw_name
        return os.getlogin()
    except KeyError:
        return f"account {os.getuid()}"
    except OSError:
        return "unknown account"
