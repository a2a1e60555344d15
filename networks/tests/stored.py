"""What a test has stored of a page."""

import json


class StoredItems:
    """Mixin of test cases: stores as the caller of a client does, and tells of it."""

    def setUp(self):
        super().setUp()
        self.stored = {}

    def store(self, batches):
        """Items and cursor of each batch together; the last cursor, all items."""
        cursor, seen = None, []
        for batch in batches:
            cursor = json.loads(json.dumps(batch.cursor))
            for item in batch.items:
                seen.append(item)
                self.stored[item.external_id] = item
        return cursor, seen

    def known(self, external_ids):
        return {
            one: self.stored[one].deleted for one in external_ids if one in self.stored
        }

    def live(self, item_type, since, root_id=None):
        return {
            item.external_id
            for item in self.stored.values()
            if item.item_type == item_type
            and item.posted_at >= since
            and root_id in (None, item.root_id)
            and not item.deleted
            and not item.own
        }

    def roots(self, item_type, since):
        return {self.stored[one].root_id for one in self.live(item_type, since)}
