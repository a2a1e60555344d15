"""What stands on Odnoklassniki when a ground is new."""

import json
from pathlib import Path

from .world import OkWorld, empty_state

DATA = Path(__file__).parents[1] / "data" / "ok.json"


def fill(world, with_content=True):
    """Put the page into a new world, with its topics and chats where wished."""
    ground = OkWorld(world)
    world.state["ok"] = empty_state()
    if not with_content:
        return
    data = json.loads(DATA.read_text(encoding="utf-8"))
    for topic in data["topics"]:
        made = ground.add_topic(topic["text"], date=_ago(world, topic))
        ids = []
        for item in topic["comments"]:
            answers = ids[item["answers"]] if "answers" in item else None
            record = ground.add_comment(
                made["id"],
                item["author"],
                item["text"],
                answers,
                date=_ago(world, item),
            )
            ids.append(record["id"])
    for talk in data["chats"]:
        for message in talk["messages"]:
            ground.add_message(
                talk["person"],
                message["text"],
                out=message.get("out", False),
                date=_ago(world, message),
            )


def _ago(world, item):
    return world.now() - item["minutes_ago"] * 60
