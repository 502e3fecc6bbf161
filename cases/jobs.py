"""What workers do for cases; imported by every worker, and nothing but registration."""

from cases.services import reassessments
from cases.services.imports import uploads, writing
from guidance.editions.policies import REASSESS
from tumorboard.outbox.queue import handles

handles(uploads.TOPIC)(writing.write_rows)
handles(REASSESS)(reassessments.reassess_next)
