"""Resources that no row gives: public knowledge, the same for whoever asks."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar


class Published(ABC):
    """Resources of one type that are made from something else than the institution's rows.

    They are few and about no patient, so they are searched as they are, in memory. Beside `Source`
    and not a kind of it: there is nothing to narrow, to hide or to erase.
    """

    #: "PlanDefinition".
    resource_type: ClassVar[str]

    @abstractmethod
    def newest(self) -> Sequence[dict[str, Any]]:
        """Every resource as the institution has it now, whole: with `id` and `meta`."""

    @abstractmethod
    def versions(self, resource_id: str) -> Sequence[dict[str, Any]]:
        """Every version of one, the present one last; empty where there is none."""
