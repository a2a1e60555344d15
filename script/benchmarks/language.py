"""Screening of texts, on phrases held out for scoring: precision, recall, speed."""

import ast
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PHRASES = ROOT / "language" / "tests" / "phrases"
PERSONAL = frozenset(("phone", "passport", "card", "snils", "email"))
ALARMS = frozenset(("threat", "suicide"))
#: What must not be found in our own texts
OFFENCES = frozenset(("obscenity", "insult", "soft_insult")) | ALARMS
#: Characters of a text whose check is timed
LENGTH = 500
#: Run in a process of its own, as loading happens once in each
COLD = """
import sys, time

def megabytes():
    with open("/proc/self/statm") as pages:
        return int(pages.read().split()[1]) * 4096 / 2**20

before, start = megabytes(), time.perf_counter()
from language.screening import screen
imported, light = time.perf_counter() - start, megabytes() - before
screen("Когда включат отопление? Позвоните: +7 912 456-78-90. Скотина ты")
try:
    from language import checks
except ImportError:
    pass
else:
    checks.check("Работы выполнят до 5 мая.", (), checks.Context())
loaded, heavy = time.perf_counter() - start, megabytes() - before
print([1000 * imported, 1000 * loaded, light, heavy])
"""


def run(report):
    from language.screening import screen

    def kinds(text):
        return frozenset(finding.kind for finding in screen(text))

    texts = read("scoring_obscenity.txt", kinds)
    score(report, "obscenity", texts, {"obscenity"})
    # Obscene words are insults often enough: there neither answer is wrong.
    score(report, "insult", [t for t in texts if "obscenity" not in t[0]], {"insult"})
    clean = [got for want, got in texts if not want]
    soft = sum("soft_insult" in got for got in clean)
    report("soft_insult_on_clean", soft, f"of_{len(clean)}")

    texts = read("scoring_threats.txt", kinds)
    alarms = [
        tuple(frozenset({"alarm"} if each & ALARMS else ()) for each in pair)
        for pair in texts
    ]
    score(report, "threat_or_suicide", alarms, {"alarm"})
    score(report, "suicide", texts, {"suicide"})
    score(report, "personal", read("scoring_personal.txt", kinds), PERSONAL)

    report("translation_hits", *translation(kinds))
    speed(report, screen)
    cold(report)


def read(name, kinds):
    """(kinds that ought to be found, kinds found) of each phrase of a file."""
    pairs = []
    for line in (PHRASES / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            wanted, text = line.split(": ", 1)
            pairs.append((frozenset(wanted.split(", ")) - {"clean"}, kinds(text)))
    return pairs


def score(report, name, pairs, kinds):
    """Precision and recall of ``kinds``, each counted once in a phrase."""
    right = sum(len(want & got & kinds) for want, got in pairs)
    wrong = sum(len((got - want) & kinds) for want, got in pairs)
    missed = sum(len((want - got) & kinds) for want, got in pairs)
    clean = sum(not want & kinds for want, _ in pairs)
    report(f"{name}_precision", right / max(1, right + wrong), f"of_{right + wrong}")
    report(f"{name}_recall", right / max(1, right + missed), f"of_{right + missed}")
    report(f"{name}_false", wrong, f"on_{clean}_without")


def translation(kinds):
    """How many messages of the Russian translation hold an offence, of how many."""
    text = (ROOT / "i18n" / "ru.po").read_text(encoding="utf-8")
    messages = []
    for entry in text.split("\n\n"):
        _, _, translated = entry.partition("\nmsgstr ")
        lines = [line for line in translated.splitlines() if line.startswith('"')]
        messages.append("".join(ast.literal_eval(line) for line in lines))
    messages = [message for message in messages if message.strip()]
    hits = sum(bool(kinds(message) & OFFENCES) for message in messages)
    return hits, f"of_{len(messages)}"


def speed(report, screen):
    """Milliseconds for texts of 500 characters, none of which was seen before."""
    sentences = []
    for path in sorted(PHRASES.glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("clean: "):
                sentences.append(line.partition(": ")[2].rstrip(".") + ".")
    text = " ".join(sentences)
    texts = [text[at : at + LENGTH] for at in range(0, len(text) - LENGTH, LENGTH)]
    screen("Скотина ты. Позвоните: +7 912 456-78-90")
    first = [timed(screen, each) for each in texts]
    report("screen_new_text_ms", 1000 * sum(first) / len(first), "per_500_characters")
    # The words are known now, the texts are not.
    again = [text[at : at + LENGTH] for at in range(99, len(text) - LENGTH, LENGTH)]
    warm = [timed(screen, each) for each in again]
    report("screen_warm_ms", 1000 * sum(warm) / len(warm), "per_500_characters")
    report("screen_warm_worst_ms", 1000 * max(warm), "per_500_characters")
    try:
        from language import checks
    except ImportError:
        return
    every = [
        checks.Requirement(kind)
        for kind in (
            *("sentences", "substance", "dates", "impossibility", "contacts"),
            *("redirect", "officialese", "terms", "questions", "consistent"),
            *("photo", "labels", "phones", "obscenity", "personal", "formulaic"),
        )
    ]

    def both(each):
        screen(each)
        checks.check(each, every, checks.Context(message=each))

    both(text[:LENGTH])
    warm = [timed(both, each) for each in again]
    report("screen_and_check_ms", 1000 * sum(warm) / len(warm), "per_500_characters")
    report("screen_and_check_worst_ms", 1000 * max(warm), "per_500_characters")


def timed(work, text):
    start = time.perf_counter()
    work(text)
    return time.perf_counter() - start


def cold(report):
    """Importing, and the first text of a process."""
    result = subprocess.run(
        [sys.executable, "-c", COLD],
        capture_output=True,
        check=True,
        cwd=ROOT,
        text=True,
    )
    imported, loaded, light, heavy = ast.literal_eval(result.stdout)
    report("import_ms", imported, "ms")
    report("cold_start_ms", loaded, "ms")
    report("import_memory", light, "MB")
    report("memory", heavy, "MB")
