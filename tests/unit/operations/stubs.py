"""Programs that do nothing, for tests of finding them."""

from pathlib import Path


def program(folder: Path, name: str, *, status: int = 0) -> str:
    """A program in `folder` that ends with `status`; its path."""
    path = folder / name
    path.write_text(f"#!/bin/sh\nexit {status}\n")
    path.chmod(0o755)
    return str(path)
