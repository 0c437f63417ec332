"""A fresh clone: what git knows of this checkout, as it stands, in a folder of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def clone_to(folder: Path) -> Path:
    """Copy every file that is or could be committed."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    for name in os.fsdecode(listed).split("\0"):
        if name and (ROOT / name).is_file():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target)
    return folder


def uv() -> str:
    """The uv that scripts/bootstrap uses."""
    own = ROOT / ".uv" / "bin" / "uv"
    return str(own) if own.exists() else "uv"
