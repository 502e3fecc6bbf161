"""A place in a resource's JSON: what stands there, and what of it nobody has asked for."""

import re
from typing import Any

from cases.readings.answer import Code
from cases.readings.notebook import Notebook

NO_PLACE = "This has no place here."
NO_TEXT = "This must be text."
NO_LIST = "This must be a list."
NO_OBJECT = "This must be an object."
UNKNOWN_EXTENSION = "This extension is not known here."
#: What every resource may have and what says nothing of a patient.
QUIET = frozenset({"resourceType", "id", "meta", "implicitRules", "language", "text"})
#: The addresses of our own extensions: `cases.fhir.references.extension`.
_OWN = re.compile(r"https?://[^/?#]+/fhir/StructureDefinition/(?P<name>[a-z-]{1,40})")
EXTENSIONS = ("extension", "modifierExtension")


class Part:
    """A value with its path. Asking it never raises; what it cannot say is told and is empty.

    Whatever was not asked for when the reading is done is told by `tell_rest`, so that no reader
    has to list what it leaves out.
    """

    def __init__(self, value: Any, path: str, notebook: Notebook) -> None:
        self.value = value
        self.path = path
        self._notebook = notebook
        self._asked: dict[str, Part] = {}
        self._items: list[Part] | None = None

    def __bool__(self) -> bool:
        """Whether anything stands here."""
        return self.value is not None

    def at(self, name: str) -> "Part":
        """The element of this name; empty where there is none."""
        if name not in self._asked:
            is_object = isinstance(self.value, dict)
            if self and not is_object:
                self.tell(NO_OBJECT)
            value = self.value.get(name) if is_object else None
            self._asked[name] = Part(value, f"{self.path}.{name}", self._notebook)
        return self._asked[name]

    def each(self, name: str) -> "list[Part]":
        """The members of a list; none where there is none."""
        return self.at(name).items()

    def first(self, name: str) -> "Part":
        """The first member of a list; empty where there is none."""
        return next(iter(self.each(name)), Part(None, f"{self.path}.{name}", self._notebook))

    def items(self) -> "list[Part]":
        """The members of this list."""
        if self._items is None:
            is_list = isinstance(self.value, list)
            if self and not is_list:
                self.tell(NO_LIST)
            self._items = [
                Part(value, f"{self.path}[{place}]", self._notebook)
                for place, value in enumerate(self.value if is_list else ())
            ]
        return self._items

    def text(self, name: str) -> str:
        """A text without the space around it; empty where there is none."""
        part = self.at(name)
        if part and not isinstance(part.value, str):
            part.tell(NO_TEXT)
        return part.value.strip() if isinstance(part.value, str) else ""

    def one_of(self, *names: str) -> "Part | None":
        """The first of these elements that is there, as `value[x]` has them; the rest is told."""
        return next((self.at(name) for name in names if self._has(name)), None)

    def extension(self, url: str) -> "Part | None":
        """The extension with this address; None where there is none."""
        for part in self.each("extension"):
            if isinstance(part.value, dict) and part.value.get("url") == url:
                part.at("url")
                return part
        return None

    def own_extension(self, name: str) -> "Part | None":
        """The extension of ours with this name, of whatever site; None where there is none."""
        for part in self.each("extension"):
            url = part.value.get("url") if isinstance(part.value, dict) else None
            if isinstance(url, str) and (found := _OWN.fullmatch(url)) and found["name"] == name:
                part.at("url")
                return part
        return None

    def tell(self, reason: str) -> None:
        """Say why this could not be read."""
        self._notebook.tell(self.path, reason)

    def tell_rest(self) -> None:
        """Tell everything below that nobody has asked for."""
        if isinstance(self.value, dict) and self._asked:
            for name in self.value:
                self._tell_rest_of(str(name))
        for part in self._items or ():
            part.tell_rest()

    def _tell_rest_of(self, name: str) -> None:
        if name in EXTENSIONS:
            for part in self.each(name):
                part.tell_extension()
        elif name in self._asked:
            self._asked[name].tell_rest()
        elif name not in QUIET:
            self._notebook.tell(f"{self.path}.{name}", NO_PLACE)

    def tell_extension(self) -> None:
        """Tell an extension that nobody has asked for, by its address."""
        if self._asked:
            self.tell_rest()
            return
        url = self.value.get("url") if isinstance(self.value, dict) else None
        given = url if isinstance(url, str) else ""
        self._notebook.tell_code(Code(self.path, given, ""), UNKNOWN_EXTENSION)

    def _has(self, name: str) -> bool:
        return isinstance(self.value, dict) and self.value.get(name) is not None
