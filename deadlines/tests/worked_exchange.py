"""Worked examples of the acts whose terms are minutes and hours."""

# (name, act, facts, history, now, clocks); all times local to the act.
CASES = [
    (
        "office hours over an eve and a holiday",
        "perm",
        "page administration feed normal",
        """
        2024-03-07 14:10 received
        14:20 registered
        15:30 assigned roads
        """,
        "2024-03-07T15:31:00",
        """
        assign - 03-07T14:10 03-07T15:10 03-07T15:30 breached
        draft.office roads 03-07T15:30 03-11T16:30 - running
        """,
    ),
    (
        "office hours from a working Saturday",
        "perm",
        "page administration feed normal",
        """
        2024-04-27 10:00 received
        10:30 assigned a
        """,
        "2024-05-02T10:30:00",
        """
        assign - 04-27T10:00 04-27T11:00 04-27T10:30 met
        draft.office a 04-27T10:30 05-02T10:30 - running
        """,
    ),
    (
        "photographs take calendar days",
        "perm",
        "page head feed normal photo",
        """
        2024-04-26 10:00 received
        10:05 assigned a
        """,
        "2024-05-04T23:59:59",
        """
        assign - 04-26T10:00 04-26T11:00 04-26T10:05 met
        draft.photo a 04-26T10:05 05-05T00:00 - running
        """,
    ),
    (
        "two executors, one publication",
        "perm",
        "page head feed normal",
        """
        2024-06-03 10:00 received
        10:10 assigned a
        10:12 assigned b
        11:00 draft a
        11:10 approved a
        13:30 draft b
        13:45 approved b
        14:00 published
        """,
        "2024-06-03T15:00:00",
        """
        assign - 06-03T10:00 06-03T11:00 06-03T10:10 met
        draft.feed a 06-03T10:10 06-03T14:10 06-03T11:00 met
        draft.feed b 06-03T10:12 06-03T14:12 06-03T13:30 met
        review a 06-03T11:00 06-03T11:30 06-03T11:10 met
        publish - 06-03T13:30 06-03T14:00 06-03T14:00 met
        review b 06-03T13:30 06-03T14:00 06-03T13:45 met
        """,
    ),
    (
        "one rework",
        "perm",
        "page head feed normal",
        """
        2024-06-03 10:00 received
        10:10 assigned a
        11:00 draft a
        11:20 rework_requested a
        15:20 draft a
        15:50:01 approved a
        15:52 published
        """,
        "2024-06-03T16:00:00",
        """
        assign - 06-03T10:00 06-03T11:00 06-03T10:10 met
        draft.feed a 06-03T10:10 06-03T14:10 06-03T11:00 met
        publish - 06-03T11:00 06-03T11:30 06-03T11:20 cancelled
        review a 06-03T11:00 06-03T11:30 06-03T11:20 met
        rework a 06-03T11:20 06-03T15:20 06-03T15:20 met
        publish - 06-03T15:20 06-03T15:50 06-03T15:52 breached
        review a 06-03T15:20 06-03T15:50 06-03T15:50:01 breached
        """,
    ),
    (
        "an interim reply extends once",
        "perm",
        "page administration feed normal",
        """
        2024-06-03 10:00 received
        10:00 assigned a
        12:00 interim a
        12:10 approved a
        12:20 interim_published
        12:30 interim_published
        """,
        "2024-06-04T12:20:00",
        """
        assign - 06-03T10:00 06-03T11:00 06-03T10:00 met
        draft.office a 06-03T10:00 06-05T10:00 - running
        publish - 06-03T12:00 06-03T12:30 06-03T12:20 met
        review a 06-03T12:00 06-03T12:30 06-03T12:10 met
        """,
    ),
    (
        "declined and given to another",
        "perm",
        "page head feed normal",
        """
        2024-06-03 10:00 received
        10:10 assigned a
        10:30 declined a
        10:40 assigned b
        12:00 draft b
        """,
        "2024-06-03T12:01:00",
        """
        assign - 06-03T10:00 06-03T11:00 06-03T10:10 met
        draft.feed a 06-03T10:10 06-03T14:10 06-03T10:30 cancelled
        draft.feed b 06-03T10:40 06-03T14:40 06-03T12:00 met
        publish - 06-03T12:00 06-03T12:30 - running
        review b 06-03T12:00 06-03T12:30 - running
        """,
    ),
    (
        "interim, final and rework",
        "purovsky",
        "page administration feed normal",
        """
        2024-06-03 09:00 received
        10:00 registered
        10:20 assigned a
        10:31 accepted a
        11:30 interim a
        11:40 approved a
        12:00 interim_published
        2024-06-05 12:00 draft a
        12:29 rework_requested a
        12:50 draft a
        """,
        "2024-06-05T13:00:00",
        """
        assign - 06-03T10:00 06-03T10:20 06-03T10:20 met
        accept a 06-03T10:20 06-03T10:30 06-03T10:31 breached
        draft a 06-03T10:20 06-03T11:30 06-03T11:30 met
        publish - 06-03T11:30 06-03T12:00 06-03T12:00 met
        review a 06-03T11:30 06-03T12:00 06-03T11:40 met
        publish - 06-05T12:00 06-05T12:30 06-05T12:29 cancelled
        review a 06-05T12:00 06-05T12:30 06-05T12:29 met
        rework a 06-05T12:29 06-05T12:49 06-05T12:50 breached
        publish - 06-05T12:50 06-05T13:20 - running
        review a 06-05T12:50 06-05T13:20 - running
        """,
    ),
    (
        "the last outstanding executor declines",
        "perm",
        "page head feed normal",
        """
        2024-06-03 10:00 received
        10:10 assigned a
        10:11 assigned b
        11:00 draft a
        11:30 declined b
        """,
        "2024-06-03T11:40:00",
        """
        assign - 06-03T10:00 06-03T11:00 06-03T10:10 met
        draft.feed a 06-03T10:10 06-03T14:10 06-03T11:00 met
        draft.feed b 06-03T10:11 06-03T14:11 06-03T11:30 cancelled
        review a 06-03T11:00 06-03T11:30 - overdue
        publish - 06-03T11:30 06-03T12:00 - running
        """,
    ),
    (
        "an interim after the deadline",
        "perm",
        "page head feed normal",
        """
        2024-06-03 10:00 received
        10:00 assigned a
        13:50 interim a
        13:55 approved a
        14:01 interim_published
        """,
        "2024-06-03T14:30:00",
        """
        assign - 06-03T10:00 06-03T11:00 06-03T10:00 met
        draft.feed a 06-03T10:00 06-03T14:00 - overdue
        publish - 06-03T13:50 06-03T14:20 06-03T14:01 met
        review a 06-03T13:50 06-03T14:20 06-03T13:55 met
        """,
    ),
    (
        "photographs found necessary later",
        "perm",
        "page head feed normal",
        """
        2024-06-03 10:00 received
        10:10 assigned a
        11:00 facts_changed needs_photo=true
        """,
        "2024-06-03T15:00:00",
        """
        assign - 06-03T10:00 06-03T11:00 06-03T10:10 met
        draft.feed a 06-03T10:10 06-03T14:10 06-03T11:00 cancelled
        draft.photo a 06-03T10:10 06-12T00:00 - running
        """,
    ),
    (
        "two reworks, all late",
        "purovsky",
        "page head feed life_safety",
        """
        2024-07-13 00:04:42 received
        00:15:44 registered
        00:37:04 assigned roads
        00:44:17 accepted roads
        01:11:17 facts_changed importance=life_safety
        2024-07-16 16:36:17 draft roads
        17:14:26 rework_requested roads
        18:59:38 draft roads
        19:39:29 rework_requested roads
        23:11:17 draft roads
        23:19:06 approved roads
        23:51:12 published
        """,
        "2024-07-17T01:21:12",
        """
        assign - 07-13T00:15:44 07-13T00:35:44 07-13T00:37:04 breached
        accept roads 07-13T00:37:04 07-13T00:47:04 07-13T00:44:17 met
        draft roads 07-13T00:37:04 07-13T01:47:04 07-16T16:36:17 breached
        publish - 07-16T16:36:17 07-16T17:06:17 07-16T17:14:26 breached
        review roads 07-16T16:36:17 07-16T17:06:17 07-16T17:14:26 breached
        rework roads 07-16T17:14:26 07-16T17:34:26 07-16T18:59:38 breached
        publish - 07-16T18:59:38 07-16T19:29:38 07-16T19:39:29 breached
        review roads 07-16T18:59:38 07-16T19:29:38 07-16T19:39:29 breached
        rework roads 07-16T19:39:29 07-16T19:59:29 07-16T23:11:17 breached
        publish - 07-16T23:11:17 07-16T23:41:17 07-16T23:51:12 breached
        review roads 07-16T23:11:17 07-16T23:41:17 07-16T23:19:06 met
        """,
    ),
    (
        "rework of the final draft after an interim",
        "purovsky",
        "monitoring administration feed high photo",
        """
        2022-04-25 15:49:42 received
        15:54:27 registered
        16:19:45 assigned roads
        16:21:26 accepted roads
        16:26:29 interim roads
        16:39:20 approved roads
        16:45:36 interim_published
        17:20:55 draft roads
        17:50:02 rework_requested roads
        19:05:16 draft roads
        """,
        "2022-04-25T19:06:16",
        """
        assign - 04-25T15:54:27 04-25T16:14:27 04-25T16:19:45 breached
        accept roads 04-25T16:19:45 04-25T16:29:45 04-25T16:21:26 met
        draft roads 04-25T16:19:45 04-25T17:29:45 04-25T16:26:29 met
        publish - 04-25T16:26:29 04-25T16:56:29 04-25T16:45:36 met
        review roads 04-25T16:26:29 04-25T16:56:29 04-25T16:39:20 met
        publish - 04-25T17:20:55 04-25T17:50:55 04-25T17:50:02 cancelled
        review roads 04-25T17:20:55 04-25T17:50:55 04-25T17:50:02 met
        rework roads 04-25T17:50:02 04-25T18:10:02 04-25T19:05:16 breached
        publish - 04-25T19:05:16 04-25T19:35:16 - running
        review roads 04-25T19:05:16 04-25T19:35:16 - running
        """,
    ),
    (
        "a draft accepts as well",
        "purovsky",
        "manual administration private life_safety",
        """
        2026-02-23 18:30:38 received
        18:38:28 registered
        19:09:58 assigned roads
        19:45:45 assigned housing
        19:54:25 accepted housing
        2026-02-24 02:11:04 draft roads
        02:56:23 draft housing
        03:03:09 approved roads
        03:15:04 approved housing
        03:16:40 published
        """,
        "2026-02-24T03:16:40",
        """
        assign - 02-23T18:38:28 02-23T18:58:28 02-23T19:09:58 breached
        accept roads 02-23T19:09:58 02-23T19:19:58 02-24T02:11:04 breached
        draft roads 02-23T19:09:58 02-23T20:19:58 02-24T02:11:04 breached
        accept housing 02-23T19:45:45 02-23T19:55:45 02-23T19:54:25 met
        draft housing 02-23T19:45:45 02-23T20:55:45 02-24T02:56:23 breached
        review roads 02-24T02:11:04 02-24T02:41:04 02-24T03:03:09 breached
        publish - 02-24T02:56:23 02-24T03:26:23 02-24T03:16:40 met
        review housing 02-24T02:56:23 02-24T03:26:23 02-24T03:15:04 met
        """,
    ),
]
