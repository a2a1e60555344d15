from process.torture import Scale, TortureCase


class TestTorture(TortureCase):
    database = "social_test_torture"

    def test_three_networks(self):
        self.torture(
            Scale(
                messages=2000,
                kills=12,
                outages=3,
                replies=200,
                rate=14,
                pause=(2, 8),
                down=(2, 6),
                quiet_seconds=400,
                under_one_post=60,
            )
        )
