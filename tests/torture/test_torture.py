from process.torture import Scale, TortureCase


class TestTorture(TortureCase):
    database = "social_test_torture"

    def test_three_networks(self):
        self.torture(
            Scale(
                messages=2000,
                kills=12,
                replies=200,
                rate=14,
                pause=(2, 8),
                quiet_seconds=400,
            )
        )
