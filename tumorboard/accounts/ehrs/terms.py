"""What can be changed about an EHR, and how it comes to hold.

Who could write it alone could name an EHR of their own that calls them whomever they like, or let
another hospital's numbers pass for our record numbers: see `two_administrators`.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from tumorboard.accounts.ehr_models import Ehr, Proof
from tumorboard.accounts.two_administrators import Actions, TwoAdministrators, changed


@dataclass(frozen=True)
class Terms:
    """What can be changed about an EHR; each as its column."""

    label: str = ""
    proof: str = Proof.KEY.value
    identifier_systems: list[str] = field(default_factory=list)
    factor_values: list[str] = field(default_factory=list)
    frame_origins: list[str] = field(default_factory=list)
    stands_for_provider: bool = False


#: Whoever adds to one of these lets more in.
LISTS = ("identifier_systems", "factor_values", "frame_origins")


class EhrTerms(TwoAdministrators[Ehr, Terms]):
    """How the terms of an EHR come to hold."""

    terms = Terms
    noun = "EHR"
    actions = Actions(
        changed="ehr.changed",
        proposed="ehr.change.proposed",
        confirmed="ehr.change.confirmed",
        taken_back="ehr.change.taken_back",
    )
    route = "ehr"
    mail_subject = "An EHR at Tumorboard"
    mail_template = "people/ehr_mail.txt"

    def in_force(self, row: Ehr) -> Terms:
        """By what people come in now."""
        return Terms(**{name: getattr(row, name) for name in Terms.__dataclass_fields__})

    def locked(self, row: Ehr) -> Ehr:
        """The same EHR, for nobody else to change before the end of the transaction."""
        found: Ehr = Ehr.objects.select_for_update().get(pk=row.pk)
        return found

    def is_wider(self, held: Terms, wanted: Terms) -> bool:
        """Whether somebody could come in, or as somebody, who could not before."""
        return (wanted.stands_for_provider and not held.stands_for_provider) or any(
            set(getattr(wanted, name)) - set(getattr(held, name)) for name in LISTS
        )

    def apply(self, row: Ehr, terms: Terms) -> None:
        """Write terms into the row."""
        for name, value in asdict(terms).items():
            setattr(row, name, value)

    def seen_beside(self, row: Ehr) -> list[Any]:
        """Which EHR it is."""
        return [row.fhir_base, row.issuer, row.client_id]

    def sentences(self, before: Terms, after: Terms) -> Iterator[str]:
        """What differs."""
        if before.label != after.label:
            yield f"It is called “{after.label}”."
        if before.proof != after.proof:
            yield f"We prove who asks {Proof(after.proof).label}."
        if before.stands_for_provider != after.stands_for_provider:
            no = "" if after.stands_for_provider else "no more "
            yield f"Coming by it counts {no}as coming by an identity provider."
        for name, words in (
            ("identifier_systems", "Identifiers of {} are our record numbers"),
            ("factor_values", "“{}” counts as a second factor"),
            ("frame_origins", "Pages of {} may show the page that opens a window"),
        ):
            held, wanted = ([words.format(v) for v in getattr(t, name)] for t in (before, after))
            yield from changed(held, wanted)


EHR_TERMS = EhrTerms()
