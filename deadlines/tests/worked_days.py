"""Worked examples of the acts with a total term or working days."""

# (name, act, facts, history, now, clocks); all times local to the act.
CASES = [
    (
        "agreement refused, then given",
        "myasnikovsky",
        "superior third_party feed normal",
        """
        2024-03-08 10:00 received
        10:01 registered
        10:30 assigned a
        2024-03-09 05:59 draft a
        06:20 sent_to_superior
        07:00 superior_rejected
        07:05 rework_requested a
        07:40 draft a
        08:00 sent_to_superior
        09:00 superior_approved
        10:00 published
        """,
        "2024-03-09T11:00:00",
        """
        assign - 03-08T10:00 03-08T10:30 03-08T10:30 met
        total - 03-08T10:00 03-09T10:00 03-09T10:00 met
        draft a 03-08T10:30 03-09T06:00 03-09T05:59 met
        superior - 03-09T05:59 03-09T06:29 03-09T06:20 met
        rework a 03-09T07:05 03-09T07:35 03-09T07:40 breached
        superior - 03-09T07:40 03-09T08:10 03-09T08:00 met
        """,
    ),
    (
        "working days over the May holidays",
        "palana",
        "page administration feed normal",
        """
        2024-04-25 09:00 received
        17:59 registered
        18:00 assigned a
        """,
        "2024-04-27T18:00:00",
        """
        assign - 04-25T17:59 04-25T18:00 04-25T18:00 met
        draft.official a 04-25T17:59 04-27T18:00 - running
        total - 04-25T17:59 05-06T18:00 - running
        """,
    ),
    (
        "seven working days after an interim",
        "palana",
        "page administration feed normal",
        """
        2024-04-25 10:00 registered
        11:00 assigned a
        2024-04-26 11:00 interim a
        2024-05-02 11:00 interim_published
        2024-05-15 18:00 draft a
        """,
        "2024-05-15T18:30:00",
        """
        assign - 04-25T10:00 04-25T18:00 04-25T11:00 met
        draft.official a 04-25T10:00 04-27T18:00 04-26T11:00 met
        total - 04-25T10:00 05-06T18:00 05-02T11:00 met
        final - 05-02T11:00 05-15T18:00 05-15T18:00 met
        """,
    ),
    (
        "eight hours over New Year",
        "vereshchagino",
        "incident third_party feed normal",
        """
        2024-01-01 23:30 received
        2024-01-02 07:30:01 published
        """,
        "2024-01-02T08:00:00",
        """
        total.incident - 01-01T23:30 01-02T07:30 01-02T07:30:01 breached
        """,
    ),
    (
        "no total, no draft before it",
        "myasnikovsky",
        "page administration feed normal",
        """
        2024-06-03 10:00 received
        10:01 registered
        10:30 assigned a
        11:00 draft a
        """,
        "2024-06-03T11:10:00",
        """
        superior - 06-03T11:00 06-03T11:30 - running
        """,
    ),
    (
        "excluded while drafting",
        "myasnikovsky",
        "superior administration private high",
        """
        2025-02-20 06:58:19 received
        07:05:47 registered
        07:22:33 assigned roads
        07:28:42 declined roads
        07:37:27 assigned lighting
        09:31:13 excluded
        """,
        "2025-02-22T11:31:13",
        """
        assign - 02-20T06:58:19 02-20T07:28:19 02-20T07:22:33 met
        total - 02-20T06:58:19 02-21T06:58:19 02-20T09:31:13 cancelled
        draft roads 02-20T07:22:33 02-21T02:58:19 02-20T07:28:42 cancelled
        draft lighting 02-20T07:37:27 02-21T02:58:19 02-20T09:31:13 cancelled
        """,
    ),
    (
        "no draft term on the head's page",
        "palana",
        "page head feed life_safety",
        """
        2023-05-06 19:37:36 received
        19:46:28 registered
        20:13:58 assigned roads
        20:40:40 assigned housing
        20:42:56 accepted roads
        20:48:41 accepted housing
        21:47:14 draft roads
        2023-05-10 16:21:41 draft housing
        16:28:41 rework_requested housing
        16:35:26 draft housing
        16:47:23 approved roads
        16:59:20 approved housing
        17:07:50 published
        """,
        "2023-05-10T17:07:50",
        """
        assign - 05-06T19:46:28 05-10T18:00 05-06T20:13:58 met
        total - 05-06T19:46:28 05-16T18:00 05-10T17:07:50 met
        """,
    ),
    (
        "final after an interim, over May 2027",
        "palana",
        "monitoring third_party private life_safety",
        """
        2027-04-28 02:22:27 received
        02:36 registered
        02:56:40 assigned roads
        03:23:07 interim roads
        03:28:08 approved roads
        03:37:06 interim_published
        2027-04-29 23:51:43 draft roads
        2027-04-30 00:10:14 approved roads
        00:31:51 published
        """,
        "2027-05-02T02:31:51",
        """
        assign - 04-28T02:36 04-28T18:00 04-28T02:56:40 met
        total - 04-28T02:36 05-06T18:00 04-28T03:37:06 met
        final - 04-28T03:37:06 05-11T18:00 04-29T23:51:43 met
        """,
    ),
    (
        "an intake without a term",
        "vereshchagino",
        "monitoring third_party private life_safety",
        """
        2022-06-13 17:44:44 received
        17:48:24 registered
        18:17:17 assigned roads
        18:23:39 accepted roads
        22:05:27 draft roads
        22:36:59 rework_requested roads
        22:44:39 draft roads
        23:03:17 rework_requested roads
        23:23:33 draft roads
        23:40:40 approved roads
        2022-06-14 00:03:16 published
        """,
        "2022-06-14T00:04:16",
        "",
    ),
    (
        "an intake without a term, autumn",
        "vereshchagino",
        "monitoring administration feed high",
        """
        2027-10-30 07:18:37 received
        07:32:07 registered
        08:08:37 assigned roads
        08:10:25 accepted roads
        2027-10-31 08:02:59 draft roads
        08:35:04 rework_requested roads
        11:01:18 draft roads
        11:16:50 approved roads
        11:42:42 published
        """,
        "2027-10-31T13:12:42",
        "",
    ),
    (
        "an interim does not go to the superior",
        "myasnikovsky",
        "page administration feed high",
        """
        2026-12-29 21:05:41 received
        21:06:53 registered
        21:13:25 assigned roads
        21:26:59 declined roads
        21:30:40 assigned lighting
        22:24:47 interim lighting
        22:25:55 approved lighting
        22:32:37 interim_published
        23:12:37 facts_changed needs_photo=false
        2026-12-30 00:00:26 draft lighting
        00:34:15 rework_requested lighting
        00:55:26 draft lighting
        01:06:36 rework_requested lighting
        01:29:11 draft lighting
        01:42:24 approved lighting
        02:19:48 sent_to_superior
        03:03:28 superior_approved
        03:07:05 published
        """,
        "2026-12-30T04:37:05",
        """
        superior - 12-30T00:00:26 12-30T00:30:26 12-30T00:34:15 breached
        rework lighting 12-30T00:34:15 12-30T01:04:15 12-30T00:55:26 met
        superior - 12-30T00:55:26 12-30T01:25:26 12-30T01:06:36 cancelled
        rework lighting 12-30T01:06:36 12-30T01:36:36 12-30T01:29:11 met
        superior - 12-30T01:29:11 12-30T01:59:11 12-30T02:19:48 breached
        """,
    ),
    (
        "agreement waits for every rework",
        "myasnikovsky",
        "page administration feed life_safety photo",
        """
        2026-12-30 23:51:15 received
        2026-12-31 00:03:59 registered
        00:40:43 assigned roads
        01:17:39 draft roads
        01:24:01 rework_requested roads
        05:14:40 draft roads
        05:32:25 rework_requested roads
        05:55:27 draft roads
        """,
        "2026-12-31T07:25:27",
        """
        superior - 12-31T01:17:39 12-31T01:47:39 12-31T01:24:01 cancelled
        rework roads 12-31T01:24:01 12-31T01:54:01 12-31T05:14:40 breached
        superior - 12-31T05:14:40 12-31T05:44:40 12-31T05:32:25 cancelled
        rework roads 12-31T05:32:25 12-31T06:02:25 12-31T05:55:27 met
        superior - 12-31T05:55:27 12-31T06:25:27 - overdue
        """,
    ),
    (
        "an interim ends the draft before total",
        "myasnikovsky",
        "superior administration private high",
        """
        2024-02-24 17:21:18 received
        17:25:06 registered
        17:53:16 assigned roads
        17:58:44 accepted roads
        18:44:01 interim roads
        18:55:35 approved roads
        18:58:50 interim_published
        20:27:59 excluded
        """,
        "2024-02-24T20:27:59",
        """
        assign - 02-24T17:21:18 02-24T17:51:18 02-24T17:53:16 breached
        total - 02-24T17:21:18 02-25T17:21:18 02-24T20:27:59 cancelled
        draft roads 02-24T17:53:16 02-25T13:21:18 02-24T18:44:01 met
        """,
    ),
    (
        "not from the superior: nothing runs",
        "myasnikovsky",
        "page administration private normal",
        """
        2025-10-31 21:08:11 received
        21:09:01 registered
        21:46:05 assigned roads
        21:51:32 accepted roads
        """,
        "2025-11-02T23:51:32",
        "",
    ),
]
