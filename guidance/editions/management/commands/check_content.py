"""`manage.py check_content [FOLDER]`: what is wrong with an edition, before it is loaded.

Without a folder, the minimum data set and the plain words too.
"""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from guidance.editions import branch_actions, minimum_dataset, plain_language
from guidance.engine import content


class Command(BaseCommand):
    """Thin wrapper of `guidance.engine.content.check`."""

    help = "Check the files of an edition and name file, line and column of all that is wrong."
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add FOLDER."""
        parser.add_argument(
            "folder",
            nargs="?",
            type=Path,
            help="folder of one edition; all of this software's, and what belongs to none",
        )

    def handle(self, *_args: Any, folder: Path | None, **_options: Any) -> None:
        """Write the problems; exit with 1 when there are any.

        Raises:
            CommandError: there is no such folder.
        """
        if folder is not None and not folder.is_dir():
            message = f"{folder} is no folder."
            raise CommandError(message)
        folders = [folder] if folder else [content.EDITIONS / name for name in content.versions()]
        found = [(each, problem) for each in folders for problem in content.check(each)]
        checked = list(folders)
        if folder is None:
            for beside in (minimum_dataset, plain_language, branch_actions):
                found += [(beside.FILE.parent, problem) for problem in beside.check()]
                checked.append(beside.FILE)
        for each, problem in found:
            self.stderr.write(f"{each}/{problem}")
        if found:
            sys.exit(1)
        self.stdout.write(f"No problem in {', '.join(map(str, checked))}.")
