"""`make bench`: seconds and peak memory of a run, stage by stage; then outcomes, linkage, keys, the ledger, notes,
what keeps figures safe, what leaves the house, and the app."""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import (
    app_load,
    app_visits,
    asking,
    cell_keys,
    closed_world,
    exports,
    joint,
    keys,
    lattice,
    ledger,
    linkage,
    microdata,
    outcomes,
    returns,
    suppression,
)
from benchmarks import notes as case_notes

PROJECT = Path(__file__).parent.parent
# Adult and tables of business turnover; what is measured on them is left out where they are not.
PUBLIC = PROJECT.parent / "shared" / "public-data"
# Families, and whether there are case notes.
COUNCILS = ((2_000, True), (20_000, False))
TARGET_SECONDS, TARGET_MEBIBYTES = 60, 2_048


def main() -> None:
    """Measure each council in processes of their own, and print one table beside the other."""
    measured = {families: _measure(families, notes) for families, notes in COUNCILS}
    small, large = (measured[families] for families, _notes in COUNCILS)
    print(f"\n{'stage':14}{'seconds':>10}{'MiB':>8}{'seconds':>12}{'MiB':>8}{'seconds, times':>18}")
    print(f"{'':14}{'2,000 families':>18}{'20,000 families':>20}{'20,000 to 2,000':>18}")
    for stage in small:
        (seconds, mebibytes), (more, larger) = small[stage], large[stage]
        print(f"{stage:14}{seconds:10.2f}{mebibytes:8.0f}{more:12.2f}{larger:8.0f}{more / seconds:18.1f}")
    run = {name: figures for name, figures in large.items() if name != "council"}
    total, peak = sum(seconds for seconds, _ in run.values()), max(mebibytes for _, mebibytes in run.values())
    print(
        f"\n20,000 families without notes, all stages: {total:.1f} s (target under {TARGET_SECONDS}), "
        f"peak {peak:.0f} MiB (target under {TARGET_MEBIBYTES})"
    )
    outcomes.main([])
    linkage.main([])
    keys.main([])
    ledger.main([])
    case_notes.main([])
    closed_world.main([])
    asking.main([])
    cell_keys.main([])
    returns.main([])
    exports.main([])
    app_visits.main([])
    app_load.main([])
    if not PUBLIC.is_dir():
        print(f"\nNo public data at {PUBLIC}: lattice, joint, suppression and microdata are not measured.")
        return
    for measured_on_public_data in (lattice, joint, suppression, microdata):
        measured_on_public_data.main([str(PUBLIC)])


def _measure(families: int, notes: bool) -> dict[str, tuple[float, float]]:
    """Seconds and highest resident MiB by stage, the making of the council first."""
    with tempfile.TemporaryDirectory() as folder:
        extracts, data = Path(folder) / "council", Path(folder) / "data"
        began = time.perf_counter()
        made = _peak_of(
            "demo", "--families", str(families), "--to", extracts, *(() if notes else ("--without-notes",))
        )
        figures = {"council": (time.perf_counter() - began, made)}
        _peak_of("run", "--extracts", extracts, "--data", data)
        (log,) = (data / "identified" / "logs").glob("*.jsonl")
        for line in map(json.loads, log.read_text().splitlines()):
            if "seconds" in line:
                figures[line["stage"]] = (line["seconds"], line["peak_mebibytes"])
    return figures


def _peak_of(*arguments: str | Path) -> float:
    """Run a command and give its highest resident MiB."""
    code = (
        "import resource, runpy, sys; sys.argv[0] = 'pipelines'\n"
        "try: runpy.run_module('pipelines', run_name='__main__')\n"
        "finally: sys.stderr.write('\\npeak %d\\n' % resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)], cwd=PROJECT, capture_output=True, text=True
    )
    if ended.returncode:
        sys.exit(ended.stdout + ended.stderr)
    peak = next(line for line in reversed(ended.stderr.splitlines()) if line.startswith("peak "))
    return int(peak.split()[1]) / 1024


if __name__ == "__main__":
    main()
