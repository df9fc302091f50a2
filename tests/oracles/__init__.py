"""Programs of others that ours are held against: each in an environment of its own, and in a process of its own.

They need other versions of what we need, or another licence, and one of them leaves confidential scratch files: it
works in a private folder, with nowhere else to write to, that is gone afterwards. `make proofs` builds the
environments; by hand `make .oracles/pycanon/.complete`. Facts are taken from them, never code.
"""

import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[2]
_SECONDS = 300


def ask(oracle: str, script: str, given: Any = None, *, seconds: float = _SECONDS) -> Any:
    """What a Python script says in the environment of an oracle. It finds `given` (whatever JSON can hold) in
    `given`, and leaves its answer in `answer`; its working folder is private and empty, and is wiped.

    Raises AssertionError, with what it wrote, where it fails, and where there is no such environment.
    """
    python = PROJECT / ".oracles" / oracle / "bin" / "python"
    assert python.exists(), f"{python} is missing: make .oracles/{oracle}/.complete builds it"
    with tempfile.TemporaryDirectory(prefix="oracle-") as folder:
        room = Path(folder)
        room.chmod(0o700)
        (room / "given.json").write_text(json.dumps(given))
        whole = (
            "import json\n"
            "with open('given.json') as file: given = json.load(file)\n"
            f"{script}\n"
            "with open('answer.json', 'w') as file: json.dump(answer, file)\n"
        )
        ended = subprocess.run(
            [python, "-c", whole],
            cwd=room,
            env={"PATH": os.environ["PATH"], "HOME": folder, "TMPDIR": folder, "LC_ALL": "C.UTF-8"},
            capture_output=True,
            text=True,
            timeout=seconds,
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return json.loads((room / "answer.json").read_text())
