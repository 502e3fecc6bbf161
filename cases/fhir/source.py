"""How rows become FHIR resources: the one interface that every mapping keeps to."""

import datetime
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple
from uuid import UUID

from django.db.models import Model, QuerySet

#: Narrows rows by the values of one search parameter, any of which will do.
Narrowing = Callable[[QuerySet[Any], Sequence[str]], QuerySet[Any]]
#: The way from a row of a case to the patient.
OF_CASE = "case__patient_id"


class Stand(NamedTuple):
    """A version of a resource: its number, since when it is so, and the row to project."""

    number: int
    since: datetime.datetime
    row: Any


class Source(ABC):
    """Rows of one model, each of which is one resource of one type.

    A resource is made from its row whenever it is asked for: there is no second copy that could
    say something else than the pages do, outlive an erasure, or be seen by whom the row is hidden
    from. Its versions are the row's history. One type may have several sources: Observations come
    from laboratory results, specimens, measurements and facts.
    """

    #: "Observation".
    resource_type: ClassVar[str]
    model: ClassVar[type[Model]]
    #: What stands behind the row's id where a row gives several resources: "ki67".
    suffix: ClassVar[str] = ""
    #: What tells it from another source of the same type, rows and suffix.
    part: ClassVar[str] = ""
    #: From the row to the patient and to the case whom it is about; empty where there is none.
    patient: ClassVar[str] = OF_CASE
    case: ClassVar[str] = "case_id"
    #: The column that says since when a row is as it is, where it has neither history nor `stand`.
    stamp: ClassVar[str] = "created_at"
    #: Rows that it shares with other sources of the model: the same function for all of them, whose
    #: rows have what each of them reads and may be more than are its own (`is_among`).
    shared: ClassVar["staticmethod[[], QuerySet[Any]] | None"] = None
    #: The profiles that its resources keep to.
    profiles: ClassVar[Sequence[str]] = ()
    #: Search parameters for which the database can narrow the rows. The engine tests every
    #: parameter on the finished resource again; narrowing only has to keep what could match.
    narrowings: ClassVar[Mapping[str, Narrowing]] = {}

    @property
    def name(self) -> str:
        """What it is known by where work goes on after a deploy: its own, wherever it stands."""
        name = f"{self.resource_type}/{self.model._meta.label_lower}"
        return "-".join(filter(None, (name, self.suffix, self.part)))

    @abstractmethod
    def rows(self) -> QuerySet[Any]:
        """The institution's rows that give such a resource, with what `project` reads of others.

        `project` must ask nothing of the database for rows that come from here.
        """

    @abstractmethod
    def project(self, row: Any) -> dict[str, Any]:
        """The resource, without `id` and `meta`, which the engine adds.

        `row` may also be a former state of a row, made from its history: an unsaved instance.
        """

    def stand(self, row: Any) -> Stand | None:
        """The version in which the resource is now; None, as nearly always: its row's history says.

        For a resource that changes where its own row does not, as a list does with its items. Asks
        nothing of the database for rows that come from `rows()`.
        """
        return None

    def former(self, row: Any) -> Sequence[Stand]:
        """The versions before `stand`, oldest first, as far as they can still be made.

        Asked only where there is a `stand`.
        """
        return ()

    def named(self, resource_ids: Collection[str]) -> QuerySet[Any]:
        """Of `rows()`, those that any of these logical ids names."""
        keys = [key for each in resource_ids if (key := self.row_id(each)) is not None]
        return self.rows().filter(pk__in=keys) if keys else self.rows().none()

    def gives(self, row: Any) -> bool:
        """Whether a former state of a row gave such a resource; of `rows()` every one does.

        To be said where `rows()` narrows by what may change: a specimen may once have had no Ki-67.
        """
        return True

    def is_among(self, row: Any) -> bool:
        """Whether a row of `shared` is one of `rows()`."""
        return self.gives(row)

    def id_of(self, row: Any) -> str:
        """The resource's logical id."""
        return logical_id(row.pk, self.suffix)

    def row_id(self, resource_id: str) -> UUID | None:
        """The row that a logical id names; None where it is not of this source."""
        try:
            key = UUID(resource_id[:36])
        except ValueError:
            return None
        return key if logical_id(key, self.suffix) == resource_id else None


def logical_id(key: Any, suffix: str = "") -> str:
    """A logical id: the row's, and what stands behind it."""
    return f"{key}-{suffix}" if suffix else str(key)


def reference(resource_type: str, key: Any, suffix: str = "") -> dict[str, str]:
    """A Reference to a resource of this server."""
    return {"reference": f"{resource_type}/{logical_id(key, suffix)}"}
