"""Recovery codes after they were shown: hashed like passwords, each good for one use.

allauth makes them from a seed, which it keeps, encrypted. Once the person has seen them nobody
needs the seed any more, so only salted hashes stay.
"""

import re

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from tumorboard.accounts.models import User

#: Keys of the authenticator's data: ours, and allauth's for codes without a seed (there are none).
HASHES, WITHOUT_SEED = "hashes", "migrated_codes"


def left(codes: Authenticator) -> int:
    """How many are not used yet."""
    if HASHES in codes.data:
        return len(codes.data[HASHES])
    return len(codes.wrap().get_unused_codes())


@transaction.atomic
def keep_hashes(user: User) -> None:
    """Forget the codes themselves."""
    codes = _locked(user)
    if codes is None or HASHES in codes.data:
        return
    hashes = [make_password(code) for code in codes.wrap().get_unused_codes()]
    kept = {key: value for key, value in codes.data.items() if key == "viewed_at"}
    codes.data = {**kept, HASHES: hashes, WITHOUT_SEED: []}
    codes.save(update_fields=["data"])


@transaction.atomic
def use(user: User, typed: str) -> Authenticator | None:
    """Spend the code that was typed; None where it is none that is left."""
    code = re.sub(r"\s", "", typed)
    if len(code) != settings.MFA_RECOVERY_CODE_DIGITS or not code.isdecimal():
        return None
    codes = _locked(user)
    hashes = codes.data.get(HASHES, []) if codes else []
    spent = next((kept for kept in hashes if check_password(code, kept)), None)
    if codes is None or spent is None:
        return None
    codes.data[HASHES] = [kept for kept in hashes if kept != spent]
    codes.save(update_fields=["data"])
    return codes


def _locked(user: User) -> Authenticator | None:
    rows = Authenticator.objects.select_for_update()
    return rows.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
