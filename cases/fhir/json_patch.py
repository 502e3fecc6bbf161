"""JSON Patch (RFC 6902): changes to a document, operation by operation. Plain Python.

It is our own: `jsonpatch` 1.33, the newest for three years, takes true for 1, and 1.47 of November
2026, which does not, is the fourteenth release in five weeks. Its errors quote what stands in the
resource, those of pointers do not say which operation they are about, and some faults of a patch
are found only after the operations before them. What would judge, bound and word all that here is
half of this file, beside two packages more.
"""

import copy
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

#: How many operations one patch may have, and how many values its copies may walk together: a
#: document is looked through for each, and may be twice as large after it.
MOST, LARGEST = 200, 200_000
#: A tilde that escapes nothing (RFC 6901, 3).
NO_ESCAPE = re.compile(r"~(?![01])")
#: Behind the last element of a list.
END = "-"
MEMBERS: Mapping[str, tuple[str, ...]] = {
    "add": ("value",),
    "remove": (),
    "replace": ("value",),
    "move": ("from",),
    "copy": ("from",),
    "test": ("value",),
}
#: As a parsed pointer: what one token after the other leads to.
Steps = list[str]


class Malformed(ValueError):
    """It is no patch; `place` says which operation."""

    def __init__(self, words: str, place: str = "") -> None:
        super().__init__(words)
        self.place = place


class DoesNotFit(ValueError):
    """It is a patch, but not one of this document as it is now; `place` says which operation."""

    def __init__(self, words: str, place: str) -> None:
        super().__init__(words)
        self.place = place


def patched(document: Any, patch: Any) -> Any:
    """The document with all operations done, in their order; `document` itself stays as it is.

    Raises:
        Malformed: it is no patch.
        DoesNotFit: there is nothing where an operation looks, or a test fails.
    """
    operations = _judged(patch)
    found, walked = copy.deepcopy(document), 0
    for number, operation in enumerate(operations):
        place = f"[{number}]"
        if operation["op"] == "copy":
            walked += _size(found)
            if walked > LARGEST:
                message = "The patch copies too much."
                raise DoesNotFit(message, place)
        try:
            found = _done(found, operation)
        except LookupError as error:
            raise DoesNotFit(str(error.args[0]), place) from None
    return found


def _judged(patch: Any) -> Sequence[Mapping[str, Any]]:
    if not isinstance(patch, list):
        message = "A JSON Patch is a list of operations."
        raise Malformed(message)
    if not 0 < len(patch) <= MOST:
        message = f"Send 1 to {MOST} operations."
        raise Malformed(message)
    for number, operation in enumerate(patch):
        fault = _fault(operation)
        if fault:
            raise Malformed(fault, f"[{number}]")
    return patch


def _fault(operation: Any) -> str:
    if not isinstance(operation, dict):
        return "An operation is an object."
    op = operation.get("op")
    if not isinstance(op, str) or op not in MEMBERS:
        return f"op is one of {', '.join(MEMBERS)}."
    missing = [name for name in MEMBERS[op] if name not in operation]
    if missing:
        return f"{op} needs {missing[0]}."
    names = ("path", "from") if "from" in MEMBERS[op] else ("path",)
    pointers: list[Any] = [operation.get(name) for name in names]
    if not all(isinstance(each, str) and (not each or each[0] == "/") for each in pointers):
        return "A pointer is text that is empty or begins with a slash."
    if any(map(NO_ESCAPE.search, pointers)):
        return "In a pointer ~ stands before 0 or 1."
    if op == "move" and operation["path"].startswith(f"{operation['from']}/"):
        return "Nothing is moved into itself."
    return ""


def _done(document: Any, operation: Mapping[str, Any]) -> Any:
    return DO[operation["op"]](document, _steps(operation["path"]), operation)


def _steps(pointer: str) -> Steps:
    return [each.replace("~1", "/").replace("~0", "~") for each in pointer.split("/")[1:]]


def _at(document: Any, steps: Steps) -> Any:
    """What a pointer leads to.

    Raises:
        LookupError: nothing.
    """
    for step in steps:
        document = document[_key(document, step)]
    return document


def _key(holder: Any, step: str, *, is_new: bool = False) -> Any:
    """The key of a member that is there; or, where `is_new`, of one that may be."""
    if isinstance(holder, list):
        if is_new and step == END:
            return len(holder)
        if step.isascii() and step.isdecimal() and (step == "0" or step[0] != "0"):
            number = int(step[:9])
            if number < len(holder) + is_new:
                return number
    elif isinstance(holder, dict) and (is_new or step in holder):
        return step
    message = "There is nothing at this place."
    raise LookupError(message)


def _add(document: Any, steps: Steps, operation: Mapping[str, Any]) -> Any:
    return _put(document, steps, copy.deepcopy(operation["value"]))


def _put(document: Any, steps: Steps, value: Any) -> Any:
    if not steps:
        return value
    holder = _at(document, steps[:-1])
    key = _key(holder, steps[-1], is_new=True)
    if isinstance(holder, list):
        holder.insert(key, value)
    else:
        holder[key] = value
    return document


def _remove(document: Any, steps: Steps, operation: Mapping[str, Any]) -> Any:
    if not steps:
        message = "The whole is not removed by a patch."
        raise LookupError(message)
    holder = _at(document, steps[:-1])
    del holder[_key(holder, steps[-1])]
    return document


def _replace(document: Any, steps: Steps, operation: Mapping[str, Any]) -> Any:
    value = copy.deepcopy(operation["value"])
    if not steps:
        return value
    holder = _at(document, steps[:-1])
    holder[_key(holder, steps[-1])] = value
    return document


def _move(document: Any, steps: Steps, operation: Mapping[str, Any]) -> Any:
    source = _steps(operation["from"])
    value = _at(document, source)
    if source == steps:
        return document
    return _put(_remove(document, source, operation), steps, value)


def _copy(document: Any, steps: Steps, operation: Mapping[str, Any]) -> Any:
    return _put(document, steps, copy.deepcopy(_at(document, _steps(operation["from"]))))


def _test(document: Any, steps: Steps, operation: Mapping[str, Any]) -> Any:
    if not _is_same(_at(document, steps), operation["value"]):
        message = "The value is another one."
        raise LookupError(message)
    return document


DO: Mapping[str, Callable[[Any, Steps, Mapping[str, Any]], Any]] = {
    "add": _add,
    "remove": _remove,
    "replace": _replace,
    "move": _move,
    "copy": _copy,
    "test": _test,
}


def _is_same(one: Any, other: Any) -> bool:
    """Whether two values are the same JSON: 1 and 1.0 are, 1 and true are not."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_is_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_is_same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def _size(value: Any) -> int:
    """How many values stand in it."""
    if isinstance(value, dict):
        return 1 + sum(map(_size, value.values()))
    return 1 + sum(map(_size, value)) if isinstance(value, list) else 1
