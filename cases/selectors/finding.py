"""What does not fit together in a record, shown to its reader."""

from dataclasses import dataclass

CAUTION, INFO = "CAUTION", "INFO"


@dataclass(frozen=True)
class Finding:
    """What does not fit together, by the rule `code`, in words, with the source of the rule.

    `source` is empty where the product's own bookkeeping is the rule.
    """

    code: str
    severity: str
    text: str
    source: str = ""
