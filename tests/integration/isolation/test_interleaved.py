"""Many institutions at once over a pool of connections; `benchmarks.interleaved` is the whole."""

import logging

import pytest

from tests.integration.isolation.interleaving import interleave, make_tenant, pooled

REQUESTS, THREADS, CONNECTIONS, INSTITUTIONS = 300, 8, 4, 6


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_no_answer_is_mixed(record_property):
    """ASVS v5.0.0-8.4.1, ASVS v5.0.0-15.4.1, ASVS v5.0.0-16.5.3, HIPAA 164.312(a)(1).

    Threads and connections serve one institution after the other; requests fail, run out of
    time, lose their connection and their client in the middle.
    """
    tenants = [make_tenant(number) for number in range(1, INSTITUTIONS + 1)]
    logging.disable(logging.CRITICAL)
    try:
        with pooled(CONNECTIONS):
            outcome = interleave(tenants, requests=REQUESTS, threads=THREADS)
    finally:
        logging.disable(logging.NOTSET)
    record_property("interleaved requests", outcome.requests)
    assert outcome.mixes == []
    assert outcome.requests == REQUESTS
    assert outcome.marked > REQUESTS / 2
    assert len(outcome.broken) >= 4
    # Fewer threads than requests, and fewer connections than threads.
    assert len(outcome.threads) <= THREADS
