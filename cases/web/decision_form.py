"""The form of a decision: what it begins with, and what stands beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.utils import timezone

from cases.models import AgendaItem, Attendance, BoardMember, DecisionDraft, FormDraft
from cases.models.conclusion import Outcome
from cases.selectors import agendas
from cases.selectors.concordance import Standing, standing_on
from cases.selectors.opinions import opinions_on
from cases.selectors.presets import presets_for
from cases.selectors.proposals import Proposal, Proposed, proposal_for
from cases.selectors.recommended import codes_in, in_words
from cases.services import form_drafts
from cases.services.decision_drafts import Concluded, save_draft
from cases.web.draft_on_paper import on_paper
from cases.web.former_drafts import from_former
from cases.web.forms.decision_fields import People
from cases.web.forms.decision_rows import (
    NAMES,
    TypedDissent,
    TypedRow,
    typed_dissents,
    typed_rows,
)
from cases.web.forms.decisions import CODED, DecisionForm, Written
from guidance.editions import shelf
from tumorboard.accounts.access import InstitutionRequest
from tumorboard.formats import day

#: The name of the form among what is kept of forms while they are typed.
FORM = "decision"


def key_of(request: InstitutionRequest, item: AgendaItem) -> form_drafts.DraftKey:
    """Under which name the typed text of this person on this item is kept."""
    return key_about(request, item.pk)


def key_about(request: InstitutionRequest, item_id: UUID) -> form_drafts.DraftKey:
    """The same of an item that may be off its list."""
    return form_drafts.DraftKey(request.user.pk, FORM, str(item_id))


def form_context(
    request: InstitutionRequest, item: AgendaItem, form: DecisionForm
) -> dict[str, Any]:
    """The context of `templates/boards/decision_form.html`."""
    proposal = proposal_for(item)
    rows = [row for row in form.given if not row.is_blank]
    draft = DecisionDraft.objects.select_related("changed_by").filter(agenda_item=item).first()
    return {
        "form": form,
        "item": item,
        "present": agendas.present_at(item.meeting),
        "proposal": proposal,
        "proposed": proposed_in_words(item, proposal),
        "options": options_in_words(item, proposal, rows),
        "standing": standing_in(item, rows),
        "presets": presets_for(item),
        "draft": draft,
        "saved": on_paper(item, draft),
        "kept": kept_text(request, item) if not form.is_bound else None,
        "draft_token": form_drafts.token_of(person=request.user, form=FORM, about=item.pk),
    }


def drafted(request: InstitutionRequest, item: AgendaItem) -> DecisionForm:
    """The form with what is saved; where nothing is, with the presets."""
    draft = DecisionDraft.objects.filter(agenda_item=item).first()
    written = _written(draft) if draft else _presets(item)
    return form_with(request, item, written)


def restored(request: InstitutionRequest, item: AgendaItem, kept: FormDraft) -> DecisionForm:
    """The form with what this person typed and could not save."""
    return as_typed(request, item, last_of(kept.fields))


def as_typed(
    request: InstitutionRequest,
    item: AgendaItem,
    data: Mapping[str, Any],
    rows: Sequence[TypedRow] | None = None,
) -> DecisionForm:
    """The form as typed, perhaps with other rows; nothing is saved or checked yet."""
    fields = {name: data.get(name, "") for name in DecisionForm.base_fields}
    written = Written(
        rows=typed_rows(data) if rows is None else rows,
        dissents=typed_dissents(data),
        fields=fields,
    )
    return form_with(request, item, written)


def form_with(request: InstitutionRequest, item: AgendaItem, written: Written) -> DecisionForm:
    """The form with `written`; how it stands to the guidance follows the rows."""
    fields = dict(written.fields)
    rows = [row for row in written.rows if not row.is_blank]
    computed = standing_in(item, rows)
    said, last = str(fields.get("concordance", "")), fields.get("standing")
    fields["concordance"] = followed(said, last, computed)
    fields["standing"] = computed.concordance
    return DecisionForm(written=replace(written, fields=fields), people=people_for(request, item))


def posted(
    request: InstitutionRequest, item: AgendaItem, data: Any, *, is_unfinished: bool = False
) -> DecisionForm:
    """The form with what was posted, to be checked."""
    people = people_for(request, item)
    return DecisionForm(data, people=people, is_unfinished=is_unfinished)


def save_typed(request: InstitutionRequest, item: AgendaItem, form: DecisionForm) -> DecisionDraft:
    """Save what a valid form holds as the draft of `item`; raises what `save_draft` raises."""
    return save_draft(
        item=item,
        rationale=form.cleaned_data["rationale"],
        recommendations=form.recommendations,
        conclusion=_conclusion_in(item, form),
        dissents=form.dissented,
        if_match=form.cleaned_data["version"],
        by=request.user,
    )


def _conclusion_in(item: AgendaItem, form: DecisionForm) -> Concluded:
    """The coded part of a valid form; what the page had only preselected follows the rows."""
    rows = [row for row in form.given if not row.is_blank]
    concluded = form.conclusion
    last = form.cleaned_data["standing"]
    said = followed(concluded.concordance, last, standing_in(item, rows))
    return replace(concluded, concordance=said)


def followed(said: str, last: str | None, computed: Standing) -> str:
    """What is said of the guidance: a person's word stays, what was preselected follows.

    Args:
        last: what the page had preselected; None where it was said by a person.
    """
    return computed.concordance or said if said in ("", last) else said


def standing_in(item: AgendaItem, rows: Sequence[TypedRow]) -> Standing:
    """How typed rows stand to the guidance of the case."""
    assessment = item.case.assessment
    return standing_on(assessment, rows) if assessment else Standing("")


def as_rows(proposed: Sequence[Proposed]) -> list[TypedRow]:
    """What is proposed, as it would be typed."""
    return [
        TypedRow(
            kind=row.kind,
            code=row.code,
            text=row.text,
            intent=row.intent,
            alternative_to=str(row.alternative_to or ""),
            due_on=day(row.due_on) if row.due_on else "",
            owner_id=str(row.owner_id or ""),
        )
        for row in proposed
    ]


def taken(item: AgendaItem, chosen: str) -> list[TypedRow]:
    """The rows of the proposal, with the day that was chosen."""
    return as_rows(proposal_for(item).taken(today=timezone.localdate(), chosen=chosen))


def picked(item: AgendaItem, code: str) -> list[TypedRow]:
    """The row of one option of the branch."""
    return as_rows(proposal_for(item).picked(code))


def options_in_words(
    item: AgendaItem, proposal: Proposal, rows: Sequence[TypedRow]
) -> list[dict[str, str]]:
    """The options of the branch, and which of them stand among `rows`."""
    assessment = item.case.assessment
    if assessment is None:
        return []
    codes = codes_in(shelf.edition(assessment.edition_version))
    there = {row.code for row in rows}
    return [
        {
            "code": option.code,
            "text": codes[option.kind][option.code].rstrip("."),
            "is_picked": "yes" if option.code in there else "",
        }
        for option in proposal.options
    ]


def proposed_in_words(item: AgendaItem, proposal: Proposal) -> list[dict[str, str]]:
    """What would be taken over, for a reader who decides whether to."""
    assessment = item.case.assessment
    if assessment is None:
        return []
    codes = codes_in(shelf.edition(assessment.edition_version))
    return [
        {
            "text": codes.get(row.kind, {}).get(row.code, "") or row.text,
            "detail": row.text if row.code else "",
            "is_alternative": "yes" if row.alternative_to else "",
            "due": day(row.due_on) if row.due_on else "",
        }
        for row in proposal.taken(today=timezone.localdate())
    ]


def kept_text(request: InstitutionRequest, item: AgendaItem) -> FormDraft | None:
    """What this person typed on this item, or on an earlier one of its case, and could not save."""
    # Of this item, who typed on an earlier one has seen no draft.
    return form_drafts.kept(key=key_of(request, item)) or from_former(
        person=request.user, form=FORM, item=item, fields={"version": ["0"]}
    )


def last_of(fields: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The last value of every field, as a form reads what is posted."""
    return {name: values[-1] for name, values in fields.items() if values}


def people_for(request: InstitutionRequest, item: AgendaItem) -> People:
    """Whom the form offers: who sits on the board or is present, and who gave an opinion."""
    members = BoardMember.objects.filter(board=item.meeting.board_id).select_related("person")
    present = list(
        Attendance.objects.filter(meeting=item.meeting_id).select_related("person").order_by("name")
    )
    drafted = DecisionDraft.objects.filter(agenda_item=item, recommendations__owner__isnull=False)
    owners: dict[UUID, str] = {request.user.pk: request.user.name}
    owners.update((m.person_id, m.person.name) for m in members)
    owners.update((a.person_id, a.person.name) for a in present if a.person)
    owners.update(drafted.values_list("recommendations__owner", "recommendations__owner__name"))
    by_name = sorted(owners.items(), key=lambda owner: owner[1].casefold())
    dissenters = [a.name for a in present] + [opinion.name for opinion in opinions_on(item)]
    return People(
        owners=[(str(pk), name) for pk, name in by_name],
        dissenters=list(dict.fromkeys(dissenters)),
    )


def theirs_in(item: AgendaItem) -> dict[str, Any]:
    """What somebody else saved meanwhile, in words; nothing where there is no draft any more."""
    drafts = DecisionDraft.objects.select_related("changed_by")
    draft = drafts.filter(agenda_item=item).first()
    if draft is None:
        return {}
    assessment = item.case.assessment
    version = assessment.edition_version if assessment else shelf.adopted().version
    return {
        "theirs": draft,
        "theirs_in_words": in_words(draft.recommendations.all(), version=version),
    }


def _written(draft: DecisionDraft) -> Written:
    rows = [
        TypedRow(**{name: _typed(getattr(asked, name)) for name in NAMES})
        for asked in draft.recommendations.all()
    ]
    prospective = {True: "yes", False: "no"}
    fields = {
        "version": draft.version,
        "rationale": draft.rationale,
        "no_recommendation": draft.outcome == Outcome.NONE,
        "is_prospective": prospective.get(draft.is_prospective, ""),
        # What is saved was said: only where it is not, the page may preselect.
        "standing": None,
        **{name: getattr(draft, name) for name in CODED},
    }
    dissents = [TypedDissent(said.name, said.text) for said in draft.dissents.all()]
    return Written(rows, dissents, fields)


def _typed(value: Any) -> str:
    if value is None:
        return ""
    return day(value) if hasattr(value, "isoformat") else str(value)


def _presets(item: AgendaItem) -> Written:
    presets = presets_for(item)
    prospective = {True: "yes", False: "no", None: ""}
    fields = {
        "version": 0,
        "is_prospective": prospective[presets.prospective.value],
    }
    return Written(fields=fields)
