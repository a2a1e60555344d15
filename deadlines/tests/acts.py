"""The five acts the project started from, in the engine's data form."""

from ..norms import Act

HEAD = ["page_owner", "in", ["head"]]
MONITORING = ["intake", "in", ["monitoring"]]
HEAD_OR_MONITORING = [HEAD, MONITORING]


def _norm(code, stage, clause, start, ends, unit, amount=0, **more):
    return {
        "code": code,
        "stage": stage,
        "clause": clause,
        "start": start,
        "ends": ends.split(),
        "term_unit": unit,
        "term_amount": amount,
        "per_assignment": stage in ("accept", "draft", "review", "rework"),
        **more,
    }


PERM = {
    "code": "perm",
    "name": "Perm 2022",
    "timezone": "Asia/Yekaterinburg",
    "interim_extension_minutes": 24 * 60,
    "norms": [
        _norm("perm.assign", "assign", "3.1", "received", "first_assigned", "hours", 1),
        # Photographs, and one of the next three: (head or monitoring) with a
        # known kind, or administration or incident, as a conjunction.
        _norm(
            "perm.draft.photo",
            "draft",
            "3.4",
            "assigned",
            "final_draft",
            "calendar_days",
            8,
            sequence=10,
            extended_by_interim=True,
            conditions=[
                [["needs_photo", "in", [True]]],
                [
                    ["page_owner", "in", ["head", "administration"]],
                    ["intake", "in", ["monitoring", "incident"]],
                ],
                [
                    ["kind", "in", ["feed", "private"]],
                    ["page_owner", "in", ["administration"]],
                    ["intake", "in", ["incident"]],
                ],
            ],
        ),
        _norm(
            "perm.draft.feed",
            "draft",
            "3.2.1",
            "assigned",
            "final_draft",
            "hours",
            4,
            sequence=20,
            extended_by_interim=True,
            conditions=[HEAD_OR_MONITORING, [["kind", "in", ["feed"]]]],
        ),
        _norm(
            "perm.draft.private",
            "draft",
            "3.2.2",
            "assigned",
            "final_draft",
            "hours",
            48,
            sequence=30,
            extended_by_interim=True,
            conditions=[HEAD_OR_MONITORING, [["kind", "in", ["private"]]]],
        ),
        _norm(
            "perm.draft.office",
            "draft",
            "3.3",
            "assigned",
            "final_draft",
            "office_hours",
            8,
            sequence=40,
            extended_by_interim=True,
            conditions=[
                [
                    ["page_owner", "in", ["administration"]],
                    ["intake", "in", ["incident"]],
                ]
            ],
        ),
        _norm(
            "perm.review",
            "review",
            "3.7",
            "draft_submitted",
            "approved rework_requested",
            "minutes",
            30,
        ),
        _norm(
            "perm.rework",
            "rework",
            "3.7",
            "rework_requested",
            "draft_submitted",
            "hours",
            4,
        ),
        _norm(
            "perm.publish",
            "publish",
            "3.5",
            "all_drafts",
            "published interim_published",
            "minutes",
            30,
        ),
    ],
}

PUROVSKY = {
    "code": "purovsky",
    "name": "Purovsky 2023",
    "timezone": "Asia/Yekaterinburg",
    "norms": [
        _norm(
            "purovsky.assign",
            "assign",
            "8",
            "registered",
            "first_assigned",
            "minutes",
            20,
        ),
        _norm(
            "purovsky.accept",
            "accept",
            "8",
            "assigned",
            "accepted declined draft_submitted",
            "minutes",
            10,
        ),
        _norm(
            "purovsky.draft",
            "draft",
            "8.2, 8.3",
            "assigned",
            "draft_submitted",
            "minutes",
            70,
        ),
        _norm(
            "purovsky.review",
            "review",
            "8.4",
            "draft_submitted",
            "approved rework_requested",
            "minutes",
            30,
        ),
        _norm(
            "purovsky.rework",
            "rework",
            "8.5",
            "rework_requested",
            "draft_submitted",
            "minutes",
            20,
        ),
        _norm(
            "purovsky.publish",
            "publish",
            "8.7",
            "all_drafts",
            "published interim_published",
            "minutes",
            30,
        ),
    ],
}

FROM_SUPERIOR = [[["intake", "in", ["superior"]]]]

MYASNIKOVSKY = {
    "code": "myasnikovsky",
    "name": "Myasnikovsky 2019",
    "timezone": "Europe/Moscow",
    "norms": [
        _norm(
            "myasnikovsky.assign",
            "assign",
            "7",
            "received",
            "first_assigned",
            "minutes",
            30,
            conditions=FROM_SUPERIOR,
        ),
        _norm(
            "myasnikovsky.draft",
            "draft",
            "10",
            "assigned",
            "draft_submitted",
            "before",
            4 * 60,
            before_norm="myasnikovsky.total",
        ),
        _norm(
            "myasnikovsky.superior",
            "superior",
            "10",
            "all_final_drafts",
            "sent_to_superior",
            "minutes",
            30,
        ),
        _norm(
            "myasnikovsky.rework",
            "rework",
            "10",
            "rework_requested",
            "draft_submitted",
            "minutes",
            30,
        ),
        _norm(
            "myasnikovsky.total",
            "total",
            "8",
            "received",
            "published",
            "hours",
            24,
            conditions=FROM_SUPERIOR,
        ),
    ],
}

PALANA = {
    "code": "palana",
    "name": "Palana 2021",
    "timezone": "Asia/Kamchatka",
    "norms": [
        _norm(
            "palana.assign",
            "assign",
            "10",
            "registered",
            "first_assigned",
            "working_day_end",
        ),
        _norm(
            "palana.draft.official",
            "draft",
            "10",
            "registered",
            "draft_submitted",
            "working_days",
            2,
            conditions=[
                [["page_owner", "in", ["administration"]]],
                [["intake", "in", ["page"]]],
            ],
        ),
        _norm(
            "palana.total",
            "total",
            "11",
            "registered",
            "published interim_published",
            "working_days",
            5,
        ),
        _norm(
            "palana.final",
            "final",
            "12",
            "interim_published",
            "all_final_drafts",
            "working_days",
            7,
        ),
    ],
}

VERESHCHAGINO = {
    "code": "vereshchagino",
    "name": "Vereshchagino 2020",
    "timezone": "Asia/Yekaterinburg",
    "norms": [
        _norm(
            "vereshchagino.total.life",
            "total",
            "7",
            "received",
            "published",
            "hours",
            4,
            sequence=10,
            conditions=[
                [["intake", "in", ["incident"]]],
                [["importance", "in", ["life_safety"]]],
            ],
        ),
        _norm(
            "vereshchagino.total.incident",
            "total",
            "7",
            "received",
            "published",
            "hours",
            8,
            sequence=20,
            conditions=[[["intake", "in", ["incident"]]]],
        ),
        _norm(
            "vereshchagino.total.page",
            "total",
            "7",
            "received",
            "published",
            "hours",
            24,
            sequence=30,
            conditions=[[["intake", "in", ["page"]]]],
        ),
    ],
}

ACTS = {
    data["code"]: Act.from_data(data)
    for data in (PERM, PUROVSKY, MYASNIKOVSKY, PALANA, VERESHCHAGINO)
}
