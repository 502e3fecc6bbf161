"""Demo data: two institutions that cannot see each other, and cases for every scenario.

All people are obviously fictional; the cases are the worked vignettes of the clinical
specification.
"""

from tumorboard.operations.demo.loading import SIGN_INS, load

__all__ = ["SIGN_INS", "load"]
