"""What a page lets its reader send: its forms, their fields, and ids in its links."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
#: Kinds of inputs whose value is sent only where they are ticked.
TICKED = {"checkbox", "radio"}
#: What a browser sends that no test needs to.
UNSENT = {"csrfmiddlewaretoken"}


@dataclass
class Form:
    """One form: where it may be sent to, what it holds, and what else each field offers."""

    targets: set[str]
    values: dict[str, list[str]] = field(default_factory=dict)
    offered: dict[str, list[str]] = field(default_factory=dict)

    def offer(self, name: str, value: str, *, is_sent: bool) -> None:
        """One value of a field, and whether it is the one that stands there."""
        if name in UNSENT:
            return
        self.offered.setdefault(name, []).append(value)
        if is_sent:
            self.values.setdefault(name, []).append(value)

    def carriers(self) -> dict[str, str]:
        """An id that each field offers, of those fields that offer or are named by any."""
        found = {}
        for name, values in self.offered.items():
            ids = UUID.findall(" ".join([name, *values]))
            if ids:
                found[name] = ids[-1]
        return found


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        #: Forms by the id that `form="…"` names, or by their place.
        self.forms: dict[str, Form] = {}
        self.open: list[str] = []
        self.links: set[str] = set()
        self.select = ""
        self.area = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            self._begin(given)
            return
        if tag == "a" and "?" in given.get("href", ""):
            self.links.add(given["href"])
        form = self._form(given)
        if form is None:
            return
        for name in ("formaction", "hx-post"):
            if given.get(name):
                form.targets.add(given[name])
        self._field(tag, given, form)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self.open:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.area and self.open and data.strip():
            self.forms[self.open[-1]].values[self.area] = [data.strip()]
        self.area = ""

    def _begin(self, given: dict[str, str]) -> None:
        key = given.get("id") or f"form {len(self.forms)}"
        self.open.append(key)
        if given.get("method", "").lower() == "post":
            self.forms.setdefault(key, Form(set())).targets.add(given.get("action") or self.address)

    def _form(self, given: dict[str, str]) -> Form | None:
        key = given.get("form") or (self.open[-1] if self.open else "")
        if given.get("form"):
            return self.forms.setdefault(key, Form(set()))
        return self.forms.get(key)

    def _field(self, tag: str, given: dict[str, str], form: Form) -> None:
        name, value = given.get("name", ""), given.get("value", "")
        if tag == "select":
            self.select = name
            form.offered.setdefault(name, [])
        elif tag == "option" and self.select:
            form.offer(self.select, value, is_sent="selected" in given)
        elif tag == "textarea":
            self.area = name
            form.offer(name, "", is_sent=True)
        elif name and tag == "button":
            form.offer(name, value, is_sent=False)
        elif name and tag == "input":
            is_ticked = given.get("type") not in TICKED or "checked" in given
            form.offer(name, value, is_sent=is_ticked)


def read(address: str, page: str) -> tuple[list[Form], dict[str, str]]:
    """The forms of a page that are sent by POST, and the ids in the queries of its links.

    Returns:
        the forms; and by address of the link with its parameter's name, the id.
    """
    reader = _Reader(address)
    reader.feed(page)
    links = {}
    for link in reader.links:
        parts = urlsplit(link)
        for name, value in parse_qsl(parts.query):
            if UUID.fullmatch(value):
                links[f"{parts.path or address}?{name}"] = value
    return [form for form in reader.forms.values() if form.targets], links
