"""A video, what is thought of it and the questions about it, as a row of tokens."""
from looking import COMPARED, compared, halved, nearest, reasoned, repeated, sized, spanned, traced
from questions import REFUSAL, STRANGE
from rows import HALF, NONE, Row, cell_mark, clause_mark, line_mark, side_mark, time_mark
from scenes import COLOURS, SHAPES
from spoiling import hide, spoil
from strangers import Stranger
from tokenizer import NO_SHAPES

NUMBER = [str(10 * i) for i in range(100)]


def happenings(walk):
    """The numbers of the frames that show other shapes than the one before, or in other colours; the first is one of them. What comes, what goes and what turns is
    told apart there, and nowhere else: such a frame's names and numbers weigh more, one like another, or what weighs most is made up."""
    shown, changes = {}, set()
    for a, b, k, o in walk.spans:
        shown.setdefault(k, set())
        if o is not None:
            number, colour, *rest = walk.text[a:b].split()
            shown[k].add((number, colour))
            if len(rest) > 2:  # comes, goes, turns between the two frames that share a line
                changes.add(k)
    return changes | {k for k in shown if shown[k] != shown.get(k - 1)}


class Talker:
    def __init__(self, tokenizer):
        self.tokenizer, self.id = tokenizer, tokenizer.token_to_id
        self.image, self.pad = self.id("<|image|>"), self.id("<|endoftext|>")
        self.pieces = [tokenizer.id_to_token(i) for i in range(tokenizer.get_vocab_size())]
        self.ten, self.tens = [self.id(n) for n in NUMBER], set(NUMBER)
        self.colours, self.shapes = ([self.id("Ġ" + n) for n in words] for words in (COLOURS, SHAPES))
        self.memory = {}
        self.verdicts = [self.encode(f" {verdict}")[0] for verdict in ("yes", "no")]

    def encode(self, text):
        if text not in self.memory:
            if len(self.memory) > 200000:
                self.memory.clear()
            self.memory[text] = self.tokenizer.encode(text, add_special_tokens=False).ids
        return self.memory[text]

    def starts(self, text):
        """Where each token of an ASCII text begins."""
        return [a for a, _ in self.tokenizer.encode(text, add_special_tokens=False).offsets]

    def frames(self, row, f, layout, cell, kept, who, glued=False):
        """The part of the user's turn that holds the frames; `glued`: the first "Frame" stands already. -> the tokens of each time"""
        times, pictures = [], []

        def picture(k):
            start = len(row.ids)
            row.image(cell, kept[k])
            pictures.append(range(start, len(row.ids)))
            row.text("<|end_of_image|>")
            row.sought["cells"][1][-1] = cell_mark(k, NONE)

        if layout == "video":
            row.text("<|begin_of_video|>")
            for k, t in enumerate(f.walk):
                row.text("<|begin_of_image|>"), picture(k)
                start = len(row.ids)
                row.text(f.label(t))
                times.append(range(start, len(row.ids)))
            row.text("<|end_of_video|>")
        else:
            for k, t in enumerate(f.walk):
                row.text(" " if glued and k == 0 else "Frame ")
                start = len(row.ids)
                row.text(str(t))
                times.append(range(start, len(row.ids)))
                row.text(":<|begin_of_image|>"), picture(k)
        for k, (time, tokens) in enumerate(zip(times, pictures)):
            if layout != "video":
                row.seek("time", tokens, time, k)
            elif k:  # the time comes after its picture: what a picture can see is the time before
                row.seek("time", tokens, times[k - 1], k)
            for i, o in zip(tokens, who[k]):
                if o >= 0:
                    row.sought["cells"][1][i] = cell_mark(k, f.covering(k, o))
            for j, i in enumerate(time):
                row.sought["next"][1][i] = time_mark(k, j)
        return times

    def guide(self, row, walk, start):
        """Teaches the thought, whose tokens begin at `start`, where to look. -> the tokens of the sides and of the names, by frame and shape,
        and of the boxes that are said again"""
        at, sides, names = self.starts("<think>" + walk.text), {}, {}
        shift, frame, j = len("<think>"), None, 0
        spans = [(a + shift, b + shift, k, o) for a, b, k, o in walk.spans]
        after = {(k, o): p for (_, _, k, o), (_, _, j, p) in zip(spans, spans[1:]) if j == k}  # the shape that is named next in the same frame
        n, end, tail = 0, shift + (walk.repeats[0][0] if walk.repeats else len(walk.text)), None
        lines = shift + (walk.text + " So:").find(" So:")
        changed = happenings(walk)
        loud = lambda k: 2.0 if k in changed else 1.0
        for i, a in enumerate(at):
            while n < len(spans) and a >= spans[n][1]:
                n += 1
            inside = n < len(spans) and spans[n][0] <= a
            i += start
            if frame is not None and a < lines:
                row.line[i] = frame
            if inside:
                tail = None if spans[n][2:] != tail else tail
            if tail and a < lines:
                row.tails.setdefault(tail, []).append(i)
            if not inside:
                if frame is not None and a < end:
                    row.sought["time"][0][i] = line_mark(frame)
                if self.pieces[row.ids[i]] == "Ġnothing":
                    row.sought["cells"][0][i - 1] = cell_mark(frame, NONE)
                    row.weight[i - 1] = 3.0 * loud(frame)
                continue
            _, _, k, o = spans[n]
            if o is None:
                j = 0 if frame != k else j + 1
                frame = k
                row.sought["next"][0][i - 1] = time_mark(k, j)
                row.sought["time"][1][i] = line_mark(k)
                row.sought["copy"][1][i] = time_mark(k, j)
            else:
                row.sought["cells"][0][i - 1] = cell_mark(k, o)
                row.sought["cells"][0][i] = cell_mark(k, after.get((k, o), NONE))  # holds where this token ends the shape
                row.sought["time"][0][i] = line_mark(k)
                if self.pieces[row.ids[i]].isdigit() and (k, o) not in names:
                    row.sought["follow"][1][i] = o
                    row.weight[i - 1] = 3.0 * loud(k)
                elif self.pieces[row.ids[i]].isdigit():
                    sides.setdefault((k, o), []).append(i)
                    if not tail:
                        tail = k, o
                        row.tails[tail] = [i]
                elif (k, o) not in sides and row.ids[i] in self.colours + self.shapes:
                    names.setdefault((k, o), []).append(i)
                    row.weight[i - 1] = 2.0 * loud(k)
                elif "]" in self.pieces[row.ids[i]]:  # whether another shape follows, and whether this one changes; what the first line forgets, all do
                    row.weight[i] = 3.0 * loud(k)
        return sides, names, reasoned(row, walk, lambda a, b: spanned(at, start, (a + shift, b + shift)))

    def row(self, f, layout, cell, kept, who, system, past, questions, names, rng=None):
        """questions: [(kind, Question)] that share the video; past: [(question, answer as it is given back)] before them.
        With `rng` there are mistakes in the thought that is read, not in the one that is learnt."""
        row = Row(self)
        leads = layout == "question-first" and not past
        asked = lambda q: self.encode(q.text + "Frame" if leads else q.text)
        row.text("[gMASK]<sop>" + (f"<|system|>\n{system}" if system else "") + "<|user|>\n")
        if leads:
            row.add(asked(questions[0][1]), 1)
            end = row.next
        elif layout == "question-first":
            row.text(past[0][0] + "Frame")
        self.frames(row, f, layout, cell, kept, who, layout == "question-first")
        for k, (question, answer) in enumerate(past):
            row.text(f"<|user|>\n{question}" if k else "" if layout == "question-first" else question)
            row.text(f"<|assistant|>\n{answer}")
        if past:
            row.text("<|user|>\n")
        if not leads:
            row.add(asked(questions[0][1]), 1)
            end = row.next
        row.text("<|assistant|>\n")
        strange = isinstance(f.scene, Stranger)
        walk = None if strange else f.thought()
        start = row.learn(f"<think>{walk.text if walk else STRANGE}", 0, 0, walk.exact if walk else (), before=len(row.ids) - 1)
        if walk:
            sides, called, again = self.guide(row, walk, start)
            if rng:
                true = {q.near for _, q in questions} | {line for _, q in questions for line in q.lines} | {which for which, _ in again}
                spoil(row, sides, called, true, rng)
                hide(row, true)
            for (k, o), tokens in sides.items():
                for j, i in enumerate(tokens):
                    row.sought["copy"][1][i] = side_mark(k, o, j)
            at = self.starts(f"<think>{walk.text}")
            clauses = [[i for i, c in enumerate(at, start) if a <= c - len("<think>") < b] for a, b in walk.clauses]
            for o, tokens in enumerate(clauses):
                for j, i in enumerate(tokens):
                    row.sought["clause"][1][i] = clause_mark(o, j)
        last, resume = len(row.ids) - 1, row.next
        for k, (kind, q) in enumerate(questions):
            part, group = k + 1, 2 * len(names) + 1
            if k:
                ids = asked(q)
                row.add(ids, part, end - len(ids))
            row.next = resume
            begin = len(row.ids)
            said = f"{NO_SHAPES if strange else q.thought(kind)}</think>"
            row.learn(said, part, group, before=None if k else last)
            reason, starts = said.find(" So:"), self.starts(said)
            if walk:
                nearest(row, f, said, starts, begin)
                sized(row, f, said, starts, begin)
                if q.traced:
                    traced(row, f, q, said, starts, begin)
                if q.box and not q.near:
                    halved(row, q, said, starts, begin, HALF + 4 * part)
            if kind in COMPARED:
                told, looked = (list(pattern.finditer(said)) for pattern in COMPARED[kind])
                if told and looked:
                    compared(row, starts, begin, told[0].span(1), [m.span(1) for m in looked])
            for i, c in enumerate(starts, begin):  # what is weighed and found: few tokens, and the answer is read off them
                if row.ids[i] in self.verdicts:
                    row.weight[i - 1] = 6.0
                elif 0 <= reason < c:
                    row.weight[i - 1] = 3.0
            start = row.learn(f"<answer>{REFUSAL if strange else q.answer}</answer><|user|>", part, group + 1, q.box, before=len(row.ids) - 1)
            sides_said = [i for i in range(start, len(row.ids)) if self.pieces[row.ids[i]].isdigit()] if q.box else []
            if q.box and q.near:  # the answer's sides are those of the thought about the nearest frame, or not far from them
                k, o = q.near
                for j, i in enumerate(sides_said):
                    row.sought["copy"][0][i - 1] = side_mark(k, o, j)
            elif q.box and walk:  # or half way between those of two
                for j, i in enumerate(sides_said):
                    row.sought["copy"][0][i - 1] = HALF + 4 * part + j
            if walk:
                repeated(row, clauses, begin)
            names.append("stranger" if strange else kind)
        if rng and walk:
            row.next = resume
            self.drill(row, len(questions) + 1, rng)
        return row

    def drill(self, row, part, rng):
        """A branch that asks nothing: eight widths from their sides. Three shapes a video are too few to learn to subtract from."""
        text, widths = " So:", []
        for _ in range(8):
            left, right = sorted(rng.sample(range(100), 2)) if rng.random() < 0.3 else (a := rng.randrange(95), min(99, a + rng.randrange(3, 45)))
            text += f" {rng.choice('123')} {rng.choice(COLOURS)} {rng.choice(SHAPES)} {10 * left},{10 * right} "
            widths.append((len(text), len(text) + len(str(10 * (right - left)))))
            text += f"{10 * (right - left)};"
        start = row.learn(text, part, 0, before=None)
        tokens = {i for span in widths for i in spanned(self.starts(text), start, span)}
        for i in range(start, len(row.ids)):
            if i + 1 not in tokens:
                row.aim[i] = -1
            row.weight[i] = 4.0
