"""Content as an enemy or a broken client of a network would write it.

The samples are data (`data/hostile.json`); each says how it is called, where it stands
(`place`: wall, board, photo, private), who writes, the text (or what to repeat how many
times), the files with their traps, and what is `strange` in its object.
"""

import json
from pathlib import Path

from .errors import WorldError

DATA = Path(__file__).with_name("data") / "hostile.json"


def samples():
    """Return the samples as they stand in the file."""
    return json.loads(DATA.read_text(encoding="utf-8"))


def _words(text):
    return text["repeat"] * text["times"] if isinstance(text, dict) else text


def _strange(wish):
    """Return what changes the object; `deep` puts lists into lists."""
    if not wish or "deep" not in wish:
        return wish
    nested = []
    for _level in range(wish["deep"]):
        nested = [nested]
    result = json.loads(json.dumps({k: v for k, v in wish.items() if k != "deep"}))
    result.setdefault("set", {})["nested"] = nested
    return result


def _file(world, owner_id, wish):
    """Keep one attachment and return its id."""
    if set(wish) == {"scene"}:
        return world.add_scene(wish["scene"], owner_id)["id"]
    other = {k: v for k, v in wish.items() if k not in ("trap", "kind", "title")}
    record = world.add_trap(
        owner_id,
        wish.get("trap"),
        wish.get("kind", "photo"),
        wish.get("title", ""),
        **other,
    )
    return record["id"]


def write(world, group_id, names=()):
    """Write the samples (or those of `names`) on a page; returns what was written.

    What the limit of texts forbids is left out and named in `skipped`: raise the
    setting `text_limit` first.
    """
    known = samples()
    unknown = set(names) - {sample["name"] for sample in known}
    if unknown:
        raise ValueError(f"no sample {', '.join(sorted(unknown))}")
    limit = world.state["settings"]["text_limit"]
    written, skipped, parents = [], [], {}
    for sample in known:
        if names and sample["name"] not in names:
            continue
        text = _words(sample["text"])
        if len(text.strip()) > limit:
            skipped.append(sample["name"])
            continue
        author = sample.get("author") or ["Проверка", sample["name"]]
        user = world.add_citizen(*author, 2)
        files = [_file(world, user["id"], wish) for wish in sample.get("files", ())]
        where = sample.get("place", "wall")
        if where == "private":
            record = world.add_message(group_id, user["id"], text, files)
        else:
            if where not in parents:
                parents[where] = _parent(world, group_id, where)
            other = _strange(sample.get("strange"))
            record = world.add_comment(
                group_id,
                parents[where],
                user["id"],
                text,
                files=files,
                where=where,
                **({"strange": other} if other else {}),
            )
        entry = {"name": sample["name"], "place": where, "id": record["id"]}
        written.append({**entry, "author_id": user["id"]})
    return {"written": written, "skipped": skipped, "parents": parents}


def _parent(world, group_id, where):
    """Return the id of what the samples of a place stand under."""
    page = -int(group_id)
    if where == "wall":
        return world.add_post(group_id, page, "Проверка недобрых сообщений")["id"]
    if where == "board":
        title = "Проверка недобрых сообщений"
        return world.add_topic(group_id, page, title, "Сюда пишут недоброе")["id"]
    if where == "photo":
        found = world.photos(group_id)
        return found[0]["id"] if found else world.add_scene("park", page)["id"]
    raise WorldError("Нет такого раздела")
