"""Replays every social message and says where the stored clocks differ:

    script/shell -d DB < script/replay.py

Changes nothing.  Exits with 1 where anything differs, else with 0.
"""

import sys

BATCH = 500

# As superuser: the check is of all administrations, archived messages included.
Ticket = env["helpdesk.ticket"].sudo().with_context(active_test=False)  # noqa: F821
ids = Ticket.search([("is_social", "=", True)], order="id").ids
count = 0
for first in range(0, len(ids), BATCH):
    for line in Ticket.browse(ids[first : first + BATCH])._replay_differences():
        print(line)
        count += 1
    env.invalidate_all()  # noqa: F821
print(f"{count} differences" if count else "no differences", f"in {len(ids)} messages")
sys.stdout.flush()
if count:
    sys.exit(1)
