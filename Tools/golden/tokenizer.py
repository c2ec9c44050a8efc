"""Writes Tests/TokenizationTests/Golden: a tokenizer trained on many scripts, and what PyPI's `tokenizers` makes of texts.

Run with `tokenizers` installed (see requirements.txt): python Tools/golden/tokenizer.py
Added tokens are removed before encoding, because glimpse takes all text of a user as plain text.
"""

import json
import pathlib
import random

import tokenizers
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

SEED = 20261123
ROOT = pathlib.Path(__file__).resolve().parents[2]
SHAPES = ROOT / "Models/shapes/tokenizer.json"
OUT = ROOT / "Tests/TokenizationTests/Golden"
PATTERN = next(
    step["pattern"]["Regex"]
    for step in json.loads(SHAPES.read_text())["pre_tokenizer"]["pretokenizers"]
    if step["type"] == "Split"
)

# First and last scalar of blocks of every kind: letters with and without case, marks, digits, symbols, spaces, emoji.
BLOCKS = [
    (0x00, 0x1F), (0x20, 0x7E), (0x20, 0x7E), (0x80, 0xFF), (0x100, 0x24F), (0x250, 0x2FF), (0x300, 0x36F), (0x370, 0x3FF),
    (0x400, 0x52F), (0x531, 0x58F), (0x590, 0x5FF), (0x600, 0x6FF), (0x700, 0x74F), (0x900, 0x97F), (0x980, 0x9FF),
    (0xB80, 0xBFF), (0xE00, 0xE7F), (0xF00, 0xFFF), (0x1000, 0x109F), (0x10A0, 0x10FF), (0x1100, 0x11FF), (0x1200, 0x137F),
    (0x13A0, 0x13FF), (0x1780, 0x17FF), (0x1800, 0x18AF), (0x1E00, 0x1EFF), (0x1F00, 0x1FFF), (0x2000, 0x206F),
    (0x2070, 0x209F), (0x20A0, 0x20CF), (0x20D0, 0x20FF), (0x2100, 0x218F), (0x2190, 0x22FF), (0x2460, 0x24FF),
    (0x2600, 0x27BF), (0x3000, 0x303F), (0x3040, 0x30FF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0xE000, 0xE0FF),
    (0xFB00, 0xFDFF), (0xFE00, 0xFE0F), (0xFF00, 0xFFEF), (0xFFF0, 0xFFFF), (0x10000, 0x100FF), (0x10900, 0x1095F),
    (0x16EA0, 0x16EDF), (0x1D400, 0x1D7FF), (0x1F1E6, 0x1F1FF), (0x1F300, 0x1FAFF), (0x20000, 0x2A6DF), (0x323B0, 0x323FF),
    (0xE0000, 0xE007F), (0x10FF00, 0x10FFFF),
]
PIECES = [
    " ", "  ", "   ", "\n", "\r", "\r\n", "\n\n", "\t", " \n", "\n ", "\u00a0", "\u0085", "\u2028", "\u3000", "\u200b", "\u200d",
    "'s", "'S", "'\u017f", "'t", "'RE", "'Ve", "'m", "'LL", "'lL", "'d", "'l\u212a", "'x", "'", "\u2019s", "don't", "I'M",
    "1", "12", "123", "1234567", "٣٤", "²", "Ⅷ", "3.14", "a", "The", "hello", "straße", "ÉCOLE", "e\u0301", "\u0301", "नमस्ते",
    "สวัสดี", "こんにちは", "世界", "안녕", "مرحبا", "שלום", "Привет", "👩‍👩‍👧", "🇩🇪", "👍🏽", "☃\ufe0f", "…", "!?", "--", "==>",
    "<|image|>", "[gMASK]<sop>", "<|user|>", "<think>", "<|endoftext|>", "\ufffd", "\x00", "\x1b[0m", "\x7f",
]


def scalar(rng):
    return chr(rng.randint(*rng.choice(BLOCKS)))


def text(rng):
    if rng.random() < 0.02:
        return rng.choice(["a", " ", "\n", "7", "\u0301", "世", "😀", "ab", "'s", " \n"]) * rng.randint(20, 120)
    return "".join(rng.choice(PIECES) if rng.random() < 0.6 else scalar(rng) for _ in range(rng.randint(1, 24)))


def random_bytes(rng):
    if rng.random() < 0.5:
        return text(rng).encode()
    data = bytearray(text(rng).encode())
    for _ in range(rng.randint(1, 4)):
        data[rng.randrange(len(data))] = rng.choice([0x80, 0xBF, 0xC0, 0xC3, 0xE0, 0xED, 0xF0, 0xF4, 0xF5, 0xFF, rng.randrange(256)])
    return bytes(data)


def plain(path):
    """The tokenizer without its added tokens: what it makes of text of which nothing is special."""
    file = json.loads(path.read_text())
    file["added_tokens"] = []
    return Tokenizer.from_str(json.dumps(file))


def train(rng):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(PATTERN), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ])
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=1500, initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()), show_progress=False)
    tokenizer.train_from_iterator([text(rng) for _ in range(6000)], trainer)
    tokenizer.add_special_tokens(["<|endoftext|>", "[gMASK]", "<sop>", "<|image|>", "<|user|>"])
    tokenizer.add_tokens([tokenizers.AddedToken("<think>", normalized=False), tokenizers.AddedToken("two words é", normalized=False)])
    return json.loads(tokenizer.to_str())


def split_mix(state):
    """Steele, Lea and Flood's generator, which the Swift test has too: so only the sums of these texts are stored."""
    while True:
        state = (state + 0x9E3779B97F4A7C15) % 2**64
        z = (state ^ state >> 30) * 0xBF58476D1CE4E5B9 % 2**64
        z = (z ^ z >> 27) * 0x94D049BB133111EB % 2**64
        yield z ^ z >> 31


def made_text(seed):
    random = split_mix(seed)
    draw = lambda count: next(random) % count
    parts = []
    for _ in range(1 + draw(24)):
        if draw(10) < 6:
            parts.append(PIECES[draw(len(PIECES))])
        else:
            first, last = BLOCKS[draw(len(BLOCKS))]
            parts.append(chr(first + draw(last - first + 1)))
    return "".join(parts)


def checksum(ids):
    """FNV-1a over the ids, its lower half."""
    h = 0xCBF29CE484222325
    for i in ids:
        h = (h ^ i) * 0x100000001B3 % 2**64
    return h % 2**32


def golden(path, rng):
    """Texts as hexadecimal bytes with all their tokens, and many more with the sum of theirs."""
    tokenizer = plain(path)
    encode = lambda data: tokenizer.encode(data.decode("utf-8", "replace"), add_special_tokens=False).ids
    full = [piece.encode() for piece in PIECES] + [random_bytes(rng) for _ in range(200)]
    full += [(a + b).encode() for a in PIECES[:16] for b in ["", "a", "1", "!", " \n", "\r"]]
    whole = Tokenizer.from_file(str(path))
    decoded = []
    for _ in range(300):
        ids = [rng.randrange(whole.get_vocab_size() + 3) for _ in range(rng.randint(1, 12))]
        decoded.append([ids, whole.decode(ids, skip_special_tokens=False), whole.decode(ids, skip_special_tokens=True)])
    return {
        "tokenizers": tokenizers.__version__,
        "seed": SEED,
        "pieces": PIECES,
        "blocks": BLOCKS,
        "checksums": [checksum(encode(made_text(seed).encode())) for seed in range(2500)],
        "encoded": [[data.hex(), encode(data)] for data in full],
        "decoded": decoded,
    }


def write(name, value):
    (OUT / name).write_text(json.dumps(value, ensure_ascii=True, separators=(",", ":")) + "\n")


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    scripts = train(random.Random(SEED))
    scripts["model"]["merges"] = [list(merge) for merge in scripts["model"]["merges"]]
    write("scripts.json", scripts)
    write("golden-shapes.json", golden(SHAPES, random.Random(SEED + 1)))
    write("golden-scripts.json", golden(OUT / "scripts.json", random.Random(SEED + 2)))


if __name__ == "__main__":
    main()
