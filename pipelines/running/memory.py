"""How much memory a stage takes at its highest, as the operating system counts it."""

import contextlib
import sys
from pathlib import Path

_STATUS = Path("/proc/self/status")
_RESET = Path("/proc/self/clear_refs")


def start_peak() -> None:
    """Begin to watch anew, where the system can (Linux); elsewhere the peak is that since the start."""
    with contextlib.suppress(OSError):
        _RESET.write_text("5", encoding="ascii")


def peak_memory() -> float:
    """The highest resident memory since `start_peak`, in MiB; 0 where the system does not tell."""
    with contextlib.suppress(OSError):
        for line in _STATUS.read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    if sys.platform == "win32":
        return 0.0
    import resource

    highest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return highest / (1024 * 1024 if sys.platform == "darwin" else 1024)
