"""How an institution uses the guidance."""

from guidance.editions.models.policy import GuidancePolicy, TnmSystem, WhoVersion

__all__ = ["GuidancePolicy", "TnmSystem", "WhoVersion"]
