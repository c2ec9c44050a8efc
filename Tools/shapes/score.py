"""Whether an answer means what it should: each check of a `Question` against the text of an answer."""
import re

REFUSES = ("demonstration model", "only knows simple shapes")


def words(text):
    return re.findall(r"[a-z]+", text.lower())


def overlap(a, b):
    """Intersection over union of two boxes."""
    w, h = (min(a[i + 2], b[i + 2]) - max(a[i], b[i]) for i in (0, 1))
    inner = max(0, w) * max(0, h)
    area = lambda x: (x[2] - x[0]) * (x[3] - x[1])
    return inner / max(1e-9, area(a) + area(b) - inner)


def boxes(text):
    return [[float(v) for v in m] for m in re.findall(r"\[+\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*\]+", text)]


def score(answer, check):
    """-> 0 … 1; for a box its overlap."""
    text, got = answer.lower(), words(answer)
    refused = all(r in text for r in REFUSES)
    if "refuse" in check:
        return float(refused and "glm-4.1v-9b-thinking" in text)
    if refused or not text:
        return 0.0
    if "box" in check:
        found = boxes(answer)
        return overlap(found[0], check["box"]) if len(found) == 1 else 0.0
    if "time" in check:
        found = re.findall(r"(?:at|from|until) (\d+(?:\.\d+)?)", text)
        return float(len(found) == 1 and abs(float(found[0]) - check["time"]) <= check["within"] + 0.006)
    if "yes" in check:
        return float(got[:1] == ["yes" if check["yes"] else "no"])
    if "phrase" in check:
        return float(check["phrase"] in text)
    if "words" in check:
        found = [w for w in got if w in check["among"]]
        return float(found == check["words"] if check.get("ordered") else set(found) == set(check["words"]))
    if "states" in check:
        parts = re.split(r",| and (?=an? )", text)
        return float(len(parts) == len(check["states"]) and all(any(c in words(p) and s in words(p) and p.rstrip(". ").endswith(f"at the {at}") for p in parts) for c, s, at in check["states"]))
    clauses = re.split(r",| and (?=the )", text)
    return float(len(clauses) == len(check["deeds"]) and all(any(name in c and f" {deed}" in f" {c}" for c in clauses) for name, deed in check["deeds"]))


assert overlap([0, 0, 10, 10], [5, 0, 15, 10]) == 1 / 3
assert not score("The red circle disappears.", {"deeds": [["red circle", "appears"]]})
