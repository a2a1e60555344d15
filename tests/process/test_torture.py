"""The short form of the trial of endurance, see ``script/test torture``."""

from .torture import Scale, TortureCase


class TestTortureShort(TortureCase):
    def test_three_networks(self):
        self.torture(
            Scale(
                messages=60,
                kills=2,
                outages=1,
                replies=12,
                rate=8,
                pause=(1, 3),
                down=(1, 2),
                quiet_seconds=240,
                under_one_post=8,
            )
        )
