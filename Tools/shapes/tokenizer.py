"""The tokenizer: GLM's special tokens and pre-tokenizer, bytes, the words of this world, and numbers as single tokens.

Numbers: 00 … 99 and the tens 100 … 990 are one token each, so that a coordinate is one choice among neighbours.
Words in capitals, or with one, are tokens of their own that begin as the same words in small letters (`plain`): spelt in bytes, what was
asked in capitals was understood half as well.
"""
import json
import pathlib
import random
import string

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from facts import Facts
from frames import even_times, video_times
from ask import KINDS, ask
from questions import REFUSAL, STRANGE
from scenes import Scene
from wordings import lines

# In the 9B's order. The last six are ordinary added tokens there, not special ones.
SPECIAL = ["<|endoftext|>", "[MASK]", "[gMASK]", "[sMASK]", "<sop>", "<eop>", "<|system|>", "<|user|>", "<|assistant|>", "<|observation|>", "<|begin_of_image|>", "<|end_of_image|>",
           "<|begin_of_video|>", "<|end_of_video|>", "<|image|>", "<|video|>"]
NO_SHAPES = " Asked: no shapes."
TAGS = ["<think>", "</think>", "<answer>", "</answer>", "<|begin_of_box|>", "<|end_of_box|>"]
PATTERN = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"


def blank(model):
    t = Tokenizer(model)
    t.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(PATTERN), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    t.decoder = decoders.ByteLevel()
    return t


def corpus(rng):
    plain = lambda text: "".join(c for c in text if not c.isdigit())
    for n in range(9000):
        f = Facts(Scene(rng, duration=4), even_times(4, 10) if n % 2 else video_times(4), not n % 2)
        if not f.sound():
            continue
        kind, q = ask(f, rng, {k: 1 for k in KINDS})
        text = q.text if q.text not in (q.text.upper(), string.capwords(q.text)) else ""
        yield plain(f"{text} {text.lower()} {q.answer} {f.thought().text}{q.thought(kind)}")
    for q in lines("foreign.listed") * 8:
        yield plain(f"{q} {q.lower()}")
    for _ in range(50):
        yield f"{REFUSAL} {STRANGE} {NO_SHAPES} You are a helpful assistant. Frame Frame: ?Frame .Frame\n"


def build(seed=0):
    t = blank(models.BPE())
    t.train_from_iterator(corpus(random.Random(seed)), trainers.BpeTrainer(vocab_size=1600, min_frequency=3, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    state = json.loads(t.to_str())["model"]
    pairs = [(a, b) for a in "0123456789" for b in "0123456789"]
    merges = pairs + [m for a, b in pairs if a != "0" for m in ((a + b, "0"), (a, b + "0"))] + [tuple(m) for m in state["merges"]]
    vocabulary = {}
    for token in sorted(pre_tokenizers.ByteLevel.alphabet()) + [a + b for a, b in merges]:
        vocabulary.setdefault(token, len(vocabulary))
    capitalise(vocabulary, merges)
    t = blank(models.BPE(vocab=vocabulary, merges=merges))
    t.add_special_tokens([AddedToken(x, special=True, normalized=False) for x in SPECIAL])
    t.add_tokens([AddedToken(x, special=False, normalized=False) for x in TAGS])
    return t


def capitalise(vocabulary, merges):
    """Adds every word in capitals and with a capital: the pieces that it is cut into so far are joined from the left, after all other merges."""
    for word in [w for w in vocabulary if len(w) > 1 and w.lstrip("Ġ").isalpha() and w.isascii() == (w[0] != "Ġ")]:
        for styled in (word.upper(), word.replace("Ġ", " ").title().replace(" ", "Ġ")):
            left, *rest = (p.value for p in models.BPE(vocab=vocabulary, merges=merges).tokenize(styled))
            for piece in rest:
                merges.append((left, piece))
                left += piece
                vocabulary.setdefault(left, len(vocabulary))


def plain(t):
    """Of each token that has capitals the tokens of the same text in small letters: {id: ids}."""
    words = ((i, t.decode([i], skip_special_tokens=False)) for i in range(t.get_vocab_size()))
    return {i: t.encode(text.lower(), add_special_tokens=False).ids for i, text in words if text.strip().isalpha() and text != text.lower()}


def carried(t, before):
    """Of each token of `t` the tokens of the same text in an earlier tokenizer, as far as it has any: {id: ids}."""
    texts = {i: t.decode([i], skip_special_tokens=False) for i in range(t.get_vocab_size())}
    same = {i: before.token_to_id(t.id_to_token(i)) for i in texts}
    return {i: [same[i]] if same[i] is not None else before.encode(text, add_special_tokens=False).ids for i, text in texts.items()}


def kept(path):
    """The tokenizer that an earlier step has built at `path`, or a new one, kept there."""
    path = pathlib.Path(path)
    if not path.exists():
        build().save(str(path))
    return Tokenizer.from_file(str(path))


def settings(t):
    """tokenizer_config.json"""
    added = {str(t.token_to_id(x)): {"content": x, "lstrip": False, "normalized": False, "rstrip": False, "single_word": False, "special": x in SPECIAL} for x in SPECIAL + TAGS}
    return {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<|endoftext|>", "pad_token": "<|endoftext|>", "model_max_length": 8192, "clean_up_tokenization_spaces": False,
            "added_tokens_decoder": added}
