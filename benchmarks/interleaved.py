"""Whether 10,000 requests of many institutions at once, over few connections, are ever mixed.

Run with `TUMORBOARD_EMBEDDED=test python -m benchmarks.interleaved [requests] [--pgbouncer]`. It
makes a database of its own beside the others and drops it afterwards. Requests go through the whole
stack on threads that serve all institutions in turn, over a pool of connections as in production,
or through PgBouncer in transaction mode. About one in ten is broken in the middle: by an error, a
statement that runs out of time, a connection that is cut off, a client who is gone. It ends with 1
where any answer held a mark of another institution, or lacked its own.
"""

import argparse
import logging
import os
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tumorboard.settings")
django.setup()

from django.conf import settings  # noqa: E402

from benchmarks import pgbouncer  # noqa: E402
from benchmarks.database import fresh_database  # noqa: E402
from tests.integration.isolation.interleaving import (  # noqa: E402
    interleave,
    make_tenant,
    pooled,
)

REQUESTS, INSTITUTIONS, THREADS, CONNECTIONS = 10_000, 24, 16, 6


def main() -> None:
    """Make the institutions, ask, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("requests", nargs="?", type=int, default=REQUESTS)
    parser.add_argument("--pgbouncer", action="store_true", help="through PgBouncer")
    given = parser.parse_args()
    # Each token asks more often than a person may.
    settings.RATE_PERSONAL_TOKEN = settings.RATE_TOKEN_REQUESTS = 10_000_000
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    logging.disable(logging.CRITICAL)
    program = pgbouncer.found() if given.pgbouncer else None
    if given.pgbouncer and program is None:
        sys.exit("PgBouncer is not there and cannot be installed.")
    with fresh_database():
        tenants = [make_tenant(number) for number in range(1, INSTITUTIONS + 1)]
        way = "PgBouncer in transaction mode" if program else "a pool of the process"
        between = (
            pgbouncer.in_between(program, size=CONNECTIONS) if program else pooled(CONNECTIONS)
        )
        begin = time.perf_counter()
        with between:
            outcome = interleave(tenants, requests=given.requests, threads=THREADS)
        seconds = time.perf_counter() - begin
    for line in outcome.mixes[:20]:
        print(line)
    broken = ", ".join(f"{count} {how}" for how, count in sorted(outcome.broken.items()) if how)
    print(
        f"requests={outcome.requests} institutions={len(tenants)} threads={len(outcome.threads)} "
        f"connections={CONNECTIONS} ({way}) mixes={len(outcome.mixes)} seconds={seconds:.0f}\n"
        f"answers: {dict(sorted(outcome.statuses.items()))}; with their mark: {outcome.marked}; "
        f"broken: {broken}; backends of the database seen: {len(outcome.backends)}"
    )
    sys.exit(1 if outcome.mixes else 0)


if __name__ == "__main__":
    main()
