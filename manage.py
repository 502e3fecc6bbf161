#!/usr/bin/env python
"""Django's command line for Tumorboard."""

import os
import sys

from django.core.management import execute_from_command_line

from tumorboard.operations import time_limits

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tumorboard.settings")
    time_limits.lift()
    execute_from_command_line(sys.argv)
