"""The table of clauses of the presets, as Markdown, from what is in the database."""

PRESETS = ("perm", "purovsky", "myasnikovsky", "palana", "vereshchagino")
MODULE = "helpdesk_mgmt_social"
INTRODUCTION = """\
# Сроки пяти регламентов по пунктам

Таблица составлена программой по данным поставки: строка — норматив срока. Нормативы
одного этапа проверяются сверху вниз, действует первый подходящий. Как обновить файл,
написано в `script/clause_table.py`.
"""
COLUMNS = (
    "Пункт",
    "Этап",
    "Условие",
    "Отсчёт",
    "Завершение",
    "Срок",
    "Для кого",
    "Код",
)


def clause_table(env):
    """The whole document in Russian, whatever the language of ``env``."""
    env = env(context={**env.context, "lang": "ru_RU"})
    parts = [INTRODUCTION]
    for code in PRESETS:
        regulation = env.ref(f"{MODULE}.regulation_{code}")
        parts += _act(regulation)
    return "\n".join(parts).rstrip() + "\n"


def _act(regulation):
    title = regulation.name
    if regulation.number:
        title += f", № {regulation.number}"
    if regulation.act_date:
        title += f" от {regulation.act_date.strftime('%d.%m.%Y')}"
    yield f"## {title}\n"
    facts = [f"часовой пояс {regulation.tz}"]
    if regulation.interim_extension_hours:
        hours = regulation.interim_extension_hours
        facts.append(f"промежуточный ответ один раз продлевает срок на {hours} ч")
    words = "; ".join(facts)
    yield f"{words[:1].upper()}{words[1:]}.\n"
    yield _row(COLUMNS)
    yield _row(["---"] * len(COLUMNS))
    for norm in regulation.norm_ids:
        yield _row(_norm(norm))
    yield ""


def _norm(norm):
    def label(name):
        return dict(norm._fields[name]._description_selection(norm.env))[norm[name]]

    term = norm.term_text
    if norm.extended_by_interim:
        term += ", продлевается"
    return (
        norm.clause,
        label("stage"),
        norm.condition_text,
        label("start"),
        " / ".join(norm.end_ids.mapped("display_name")),
        term,
        "исполнитель" if norm.per_assignment else "сообщение",
        f"`{norm.code}`",
    )


def _row(cells):
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"
