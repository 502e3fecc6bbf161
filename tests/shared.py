"""The folder with real input and source documents, which is not part of the project."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("TUMORBOARD_SHARED") or ROOT.parent / "shared")
