"""The examples of docs/webhooks.md, run as they stand there."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from cases.models.event import SUBJECTS, EventKind
from cases.services.webhooks import endpoints
from tests.integration.webhooks.work import tell, work
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

TEXT = (Path(__file__).resolve().parents[3] / "docs" / "webhooks.md").read_text()


@pytest.fixture
def check():
    """The function of the page."""
    space: dict[str, Any] = {}
    (block,) = re.findall(r"```python\n(.*?)```", TEXT, re.S)
    exec(compile(block, "webhooks.md", "exec"), space)
    return space["is_from_tumorboard"]


@pytest.fixture
def sent(receiver, institution, administrator):
    """A test as it came in, and the secret."""
    endpoint, secret = tell(receiver, institution, administrator)
    with institution_scope(institution):
        endpoints.send_test(endpoint=endpoint, by=administrator)
    work(institution)
    return receiver.got[0], secret


def test_the_check_takes_ours_and_nothing_else(check, sent, receiver, institution):
    """ASVS v5.0.0-4.1.5."""
    got, secret = sent
    assert check(got.headers, got.body, secret)
    assert not check(got.headers, got.body + b" ", secret)
    assert not check({**got.headers, "webhook-id": "x"}, got.body, secret)
    assert not check({**got.headers, "webhook-timestamp": "1600000000"}, got.body, secret)
    assert not check(got.headers, got.body, "whsec_" + "A" * 44)
    both = {**got.headers, "webhook-signature": f"v1,x {got.headers['webhook-signature']}"}
    assert check(both, got.body, secret)


@pytest.mark.skipif(
    not (shutil.which("curl") and shutil.which("openssl")), reason="needs curl and openssl"
)
def test_a_message_that_is_signed_by_hand_passes(check, sent, receiver):
    _, secret = sent
    (block,) = re.findall(r"```bash\n(.*?)```", TEXT, re.S)
    environment = {"PATH": os.environ["PATH"], "SECRET": secret, "RECEIVER": receiver.address}
    subprocess.run(["bash", "-euc", block], env=environment, check=True, timeout=60)
    got = receiver.got[-1]
    assert got.said["id"] == "try-1"
    assert check(got.headers, got.body, secret)


@pytest.mark.parametrize("kind", EventKind.values)
def test_every_kind_stands_on_the_page(kind):
    row = re.search(rf"^\| `{re.escape(kind)}` \|.*\| (.*) \|$", TEXT, re.M)
    assert row
    assert row[1].startswith(f"`{SUBJECTS[EventKind(kind)]}`")
