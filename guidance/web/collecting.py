"""How the statements of an edition are gathered from its files, each with where it is shown."""

from collections.abc import Iterator, Mapping
from typing import Any

from guidance.engine.edition import Edition
from guidance.engine.wording import sentence
from guidance.web.beside import sentences_beside
from guidance.web.statement import Statement

#: Files of reference tables, and the page of each; protocols stand with the studies.
TABLE_PAGES = {
    "classification": "classification/",
    "response": "response/",
    "prognosis": "prognosis/",
    "performance": "performance/",
    "reports": "reports/",
    "protocols": "studies/",
}
Raw = Mapping[str, Any]


def collect(edition: Edition) -> Iterator[Statement]:
    """Yield every statement of an edition, the scenarios first, then what is said beside them."""
    told: set[str] = set()
    for statement in _main(edition):
        told.update((statement.title, statement.text))
        yield statement
    yield from sentences_beside(told, edition)


def _main(edition: Edition) -> Iterator[Statement]:
    content = edition.content
    yield from _scenarios(content["scenarios"], edition)
    yield from _ratings(edition)
    yield from _studies(content, edition)
    yield from _results(content, edition)
    yield from _checks(content, edition)
    yield from _intervals(content["intervals"], edition)
    for name, path in TABLE_PAGES.items():
        for table in content[name].get("tables", ()):
            yield from _table(table, path, edition)
    yield from _registers(content, edition)
    yield from _facts(edition)
    for source in edition.sources:
        text = f"{source['kind']}. {source['file']}, {source['lines']} lines."
        tag = source["tag"]
        yield Statement(
            tag,
            "Source",
            source["title"],
            text,
            "",
            "sources/",
            f"source-{tag}",
            source["reviewed"],
        )


def _when(raw: Raw, edition: Edition) -> str:
    return sentence(raw["when"], edition) if "when" in raw else ""


def _scenarios(raw: Raw, edition: Edition) -> Iterator[Statement]:
    for scenario in raw["scenarios"]:
        path, name = f"scenarios/{scenario['id']}/", scenario["name"]
        yield Statement(
            scenario["id"], "Scenario", name, scenario["text"], scenario["source"], path, ""
        )
        for entry in scenario["criteria"]:
            yield _named(entry, "Who belongs", name, path, edition)
        for entry in scenario["exclusions"]:
            yield _named(entry, "Who does not belong", name, path, edition)
    hinted = {scenario.get("hint"): scenario for scenario in raw["scenarios"]}
    for hint in raw["hints"]:
        scenario = hinted[hint["id"]]
        path = f"scenarios/{scenario['id']}/"
        for point in hint["points"]:
            title = scenario["name"]
            yield Statement(
                hint["id"], "Hint", title, point["text"], point["source"], path, hint["id"]
            )
    for gate in (*raw["gates"], raw["carcinoma_gate"]):
        yield _named(gate, "Gate", "Before any scenario", "scenarios/", edition)
    for reason, entry in raw["not_covered"].items():
        yield Statement(
            f"NOT_COVERED:{reason}",
            "Not covered",
            "Before any scenario",
            entry["text"],
            entry["source"],
            "scenarios/",
            f"NOT_COVERED-{reason}",
        )


def _named(raw: Raw, kind: str, title: str, path: str, edition: Edition) -> Statement:
    return Statement(
        raw["id"],
        kind,
        title,
        raw["text"],
        raw["source"],
        path,
        raw["id"],
        _when(raw, edition),
    )


def _ratings(edition: Edition) -> Iterator[Statement]:
    for scenario, ratings in edition.ratings.by_scenario.items():
        name = edition.catalogue.scenarios[scenario].name
        for rating in ratings:
            yield Statement(
                rating.procedure.code,
                f"Rating, {name}",
                f"{rating.procedure.name}: {rating.label}",
                f"{rating.why} {rating.prefer_when}",
                rating.source,
                f"scenarios/{scenario}/",
                rating.procedure.code,
                rating.radiation,
            )
    for scenario, headline in edition.headlines.items():
        yield Statement(
            headline["procedure"],
            f"Headline, {edition.catalogue.scenarios[scenario].name}",
            headline["article"],
            headline["text"],
            headline["source"],
            f"scenarios/{scenario}/",
            "headline",
        )


def _studies(content: Mapping[str, Raw], edition: Edition) -> Iterator[Statement]:
    for raw in content["procedures"]["procedures"]:
        text = f"{raw['modality']}, {raw['region']}."
        yield Statement(
            raw["code"], "Study", raw["name"], text, raw["source"], "studies/", raw["code"]
        )
    for raw in content["protocols"]["protocols"]:
        name = edition.ratings.procedures[raw["procedure"]].name
        path = f"scenarios/{raw['scenario']}/"
        yield Statement(raw["id"], "Order text", name, raw["text"], raw["source"], path, raw["id"])
    for raw in content["substitutions"]["substitutions"]:
        yield _named(raw, "Substitution", raw["id"], "studies/", edition)
    for name, note in content["substitutions"]["notes"].items():
        yield Statement(
            name, "Substitution", "Note", note["text"], note["source"], "studies/", "notes"
        )


def _results(content: Mapping[str, Raw], edition: Edition) -> Iterator[Statement]:
    path = "results/"
    texts = {raw["code"]: raw["text"] for raw in content["actions"]["actions"]}
    for raw in content["branches"]["branches"]:
        actions = " ".join(texts[action["code"]] for action in raw["actions"])
        names = [edition.catalogue.scenarios[code].name for code in raw["scenarios"]]
        more = " ".join([*names, *raw["outcomes"], *raw["invitees"]])
        yield Statement(
            raw["id"],
            "After the result",
            raw["trigger"],
            actions,
            raw["source"],
            path,
            raw["id"],
            more,
        )
    for raw in content["actions"]["actions"]:
        kind = "Option for the board" if raw["code"].startswith("OPT-") else "Action"
        yield Statement(
            raw["code"], kind, raw["code"], raw["text"], raw["source"], path, raw["code"]
        )
    for raw in content["escalations"]["escalations"]:
        yield Statement(
            raw["code"],
            "Reason for the tumor board",
            raw["text"],
            f"Tumor board: {raw['level']}, {raw['strength']}.",
            raw["source"],
            path,
            raw["code"],
            _when(raw, edition),
        )


def _checks(content: Mapping[str, Raw], edition: Edition) -> Iterator[Statement]:
    for raw in content["checks"]["checks"]:
        texts = " ".join(variant["text"] for variant in raw.get("texts", ()))
        yield Statement(
            raw["code"],
            f"Check, {raw['severity'].lower()}",
            raw["text"],
            texts,
            raw["source"],
            "checks/",
            raw["code"],
            _when(raw, edition),
        )
    for raw in content["checklists"]["checklists"]:
        items = ", ".join(raw["items"])
        yield Statement(
            raw["id"], "Checklist", raw["text"], items, raw["source"], "checks/", raw["id"]
        )
    for raw in content["contradictions"]["contradictions"]:
        yield _named(raw, "Contradiction", raw["id"], "scenarios/", edition)


def _intervals(raw: Raw, edition: Edition) -> Iterator[Statement]:
    for rule in raw["intervals"]:
        rows = " ".join(f"{row['words']}." for row in rule["rows"])
        more = " ".join(_when(row, edition) for row in rule["rows"])
        yield Statement(
            rule["id"],
            "Interval",
            rule["text"],
            rows,
            rule["source"],
            "intervals/",
            rule["id"],
            more,
        )


def _table(table: Raw, path: str, edition: Edition) -> Iterator[Statement]:
    if "note" in table:
        note = table["note"]
        yield Statement(
            table["id"], "Note", table["title"], note["text"], note["source"], path, table["id"]
        )
    for row in table["rows"]:
        title, *rest = row["cells"].values()
        yield Statement(
            row["id"],
            table["title"],
            title,
            ". ".join(text.rstrip(".") for text in rest),
            row["source"],
            path,
            row["id"],
            _when(row, edition),
        )


def _registers(content: Mapping[str, Raw], edition: Edition) -> Iterator[Statement]:
    for raw in content["disagreements"]["disagreements"]:
        sides = " ".join(side["text"] for side in raw["statements"])
        yield Statement(
            raw["id"],
            "Disagreement",
            raw["text"],
            f"{sides} {raw['handling']}",
            raw["source"],
            "disagreements/",
            raw["id"],
        )
    for raw in content["ambiguities"]["ambiguities"]:
        yield Statement(
            raw["id"],
            "Product decision",
            raw["point"],
            raw["choice"],
            raw["source"],
            "decisions/",
            raw["id"],
        )
    for raw in content["uncovered"]["uncovered"]:
        anchor = f"topic-{raw['number']}"
        yield Statement(
            anchor, "Not covered", raw["topic"], raw["text"], raw["source"], "uncovered/", anchor
        )


def _facts(edition: Edition) -> Iterator[Statement]:
    for fact in edition.dictionary.values():
        yield Statement(
            fact.name,
            "Fact",
            fact.label,
            f"{fact.question} {fact.help}",
            fact.source,
            "facts/",
            fact.name,
            " ".join(map(str, fact.value_labels.values())),
        )
