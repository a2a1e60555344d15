"""The words a regulation, its facts and its histories are written in."""

# Event type -> whether it belongs to one executor's assignment.
EVENT_TYPES = {
    "received": False,
    "registered": False,
    "no_reaction": False,
    "facts_changed": False,
    "term_changed": False,
    "assigned": True,
    "accepted": True,
    "declined": True,
    "draft_submitted": True,
    "rework_requested": True,
    "approved": True,
    "sent_to_superior": False,
    "superior_approved": False,
    "superior_rejected": False,
    "signed_off": True,
    "substituted": True,
    "clarification_published": False,
    "clarification_answered": False,
    "interim_published": False,
    "published": False,
    "source_notified": False,
    "reply_corrected": False,
    "reply_withdrawn": False,
    "excluded": False,
    "restored": False,
    "closed": False,
}

#: Events that end the ticket's course: afterwards nothing starts or ends.
TERMINAL = frozenset({"published", "excluded", "no_reaction", "closed"})

#: Of those, the ones that `restored` makes as if they had never been.
UNDOABLE = frozenset({"excluded", "no_reaction"})

#: Events that change how the history is read; no norm starts or ends by them.
CORRECTIONS = frozenset({"facts_changed", "term_changed", "restored"})

#: What was done with a reply after its publication: history that moves no clock.
AFTERMATH = frozenset({"reply_corrected", "reply_withdrawn"})

#: Events of which only the ticket's first can start a clock.
ONCE = frozenset({"received", "registered", "interim_published"})

#: Kinds of reply a draft may have.
DRAFT_KINDS = ("final", "interim")

#: Every kind of reply, for events other than a draft.
REPLY_KINDS = ("final", "interim", "clarification")

#: Moments derived from several drafts: the last live assignment has submitted
#: its draft (any kind), or its final draft.
MILESTONES = ("all_drafts", "all_final_drafts")

#: What a norm may end by: an event type, or a moment derived from events.
END_SIGNALS = (
    *(kind for kind in EVENT_TYPES if kind not in CORRECTIONS | AFTERMATH),
    "first_assigned",
    "final_draft",
    *MILESTONES,
)

#: What a norm may start by. Nothing starts once the course has ended.
START_SIGNALS = tuple(signal for signal in END_SIGNALS if signal not in TERMINAL)

#: Units of a term. The amount of "before" is in minutes; "working_day_end"
#: has no amount.
UNITS = (
    "minutes",
    "hours",
    "office_minutes",
    "office_hours",
    "working_days",
    "working_day_end",
    "calendar_days",
    "before",
)

#: Facts that conditions may use and their permitted values. None: any text
#: (networks are registered elsewhere, one file each).
FACTS = {
    "intake": (
        "page",
        "incident",
        "monitoring",
        "press_service",
        "superior",
        "pos",
        "manual",
    ),
    "page_owner": ("head", "administration", "unit", "third_party"),
    "kind": ("feed", "private"),
    "importance": ("normal", "high", "life_safety"),
    "needs_photo": (True, False),
    "network": None,
    "repeated": (True, False),
    "after_interim": (True, False),
}

OPERATORS = ("in", "not in")

#: The curator's own norm and stage, for a step the act sets no term for.
MANUAL = "manual"

#: The norm and stage of what an interim reply promised the citizen.
PROMISE = "promise"

#: Norms and stages that no act may call its own.
BUILT_IN = (MANUAL, PROMISE)

#: What clocks do while a question to the author is unanswered.
WAITING = ("runs", "stops")
