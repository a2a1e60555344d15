"""Events delivered at 200 a second for 30 s to two workers: latencies, none lost."""

import sys
from pathlib import Path

RATE = 200
SECONDS = 30
DRAIN_SECONDS = 1200


def run(report):
    sys.path.append(str(Path(__file__).resolve().parents[1] / "lib"))
    from devenv import webhooks

    with webhooks.served("social_bench_webhook") as page:
        # The first request of each worker loads what later ones find.
        page.load(range(100), 20)
        before = page.counts()[0]
        outcome = page.load(range(100, 100 + RATE * SECONDS), RATE)
        kept = page.counts()[0] - before
        report("webhook_events", RATE * SECONDS, "events")
        report("webhook_rate", RATE * SECONDS / outcome.seconds, "1/s")
        for percent in (50, 95, 99):
            report(f"webhook_p{percent}", outcome.percentile(percent), "ms")
        report("webhook_delivered_again", outcome.resent, "calls")
        report("webhook_lost", RATE * SECONDS - kept, "events")
        seconds = page.wait_until_stored(DRAIN_SECONDS)
        total = 100 + RATE * SECONDS
        report("webhook_messages_lost", total - page.counts()[2], "messages")
        report("webhook_stored_after", seconds, "s")
