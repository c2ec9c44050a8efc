"""Writes a checkpoint of GLM-4.1V-9B's exact shapes with random weights, for measuring: nobody can ask it anything.

    python Tools/fullsize/fullsize.py DIRECTORY [q4 | q8 | bf16 ...]

q4 (the default) and q8 are written straight into our packed files, bf16 as one safetensors file of 20.6 GB that `glimpse
pack` can work on. Nothing larger than a piece of a matrix is ever in memory. Tokenizer and template are the bundled
model's, so that a prompt can be made; the sizes of pictures are the 9B's.
"""

import json
import struct
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
SEED = 20261124
STRIP, BLOCK = 16, 128
BYTES = {"q8": 2112, "q4": 1152}
DEVIATION = 0.02  # of every weight, as in the 9B's own initialisation
PIECE = 64 << 20  # bytes in memory at once

TEXT = dict(layers=40, hidden=4096, inner=13696, heads=32, shared=2, head=128, vocabulary=151552)
VISION = dict(depth=24, hidden=1536, inner=4096, merger=13696, out=4096, patch=14, side=24)


def tensors() -> list[tuple[str, tuple[int, ...]]]:
    """Every tensor's name and shape, as in MODEL.md, section 3."""
    t, v = TEXT, VISION
    found = [("lm_head.weight", (t["vocabulary"], t["hidden"]))]
    text, visual = "model.language_model.", "model.visual."
    found += [(text + "embed_tokens.weight", (t["vocabulary"], t["hidden"])), (text + "norm.weight", (t["hidden"],))]
    for i in range(t["layers"]):
        layer = f"{text}layers.{i}."
        for norm in ("input_layernorm", "post_self_attn_layernorm", "post_attention_layernorm", "post_mlp_layernorm"):
            found.append((f"{layer}{norm}.weight", (t["hidden"],)))
        for name, rows in (("q", t["heads"]), ("k", t["shared"]), ("v", t["shared"])):
            found.append((f"{layer}self_attn.{name}_proj.weight", (rows * t["head"], t["hidden"])))
            found.append((f"{layer}self_attn.{name}_proj.bias", (rows * t["head"],)))
        found.append((layer + "self_attn.o_proj.weight", (t["hidden"], t["heads"] * t["head"])))
        found.append((layer + "mlp.gate_up_proj.weight", (2 * t["inner"], t["hidden"])))
        found.append((layer + "mlp.down_proj.weight", (t["hidden"], t["inner"])))
    c = v["hidden"]
    found += [
        (visual + "patch_embed.proj.weight", (c, 3, 2, v["patch"], v["patch"])), (visual + "patch_embed.proj.bias", (c,)),
        (visual + "post_conv_layernorm.weight", (c,)), (visual + "post_layernorm.weight", (c,)),
        (visual + "embeddings.position_embedding.weight", (v["side"] ** 2, c)),
    ]
    for i in range(v["depth"]):
        block = f"{visual}blocks.{i}."
        found += [(block + "norm1.weight", (c,)), (block + "norm2.weight", (c,))]
        found += [(block + "attn.qkv.weight", (3 * c, c)), (block + "attn.proj.weight", (c, c))]
        found += [(f"{block}mlp.{name}_proj.weight", (v["inner"], c)) for name in ("gate", "up")]
        found.append((block + "mlp.down_proj.weight", (c, v["inner"])))
    out, inner = v["out"], v["merger"]
    found += [
        (visual + "downsample.weight", (out, c, 2, 2)), (visual + "downsample.bias", (out,)),
        (visual + "merger.proj.weight", (out, out)),
        (visual + "merger.post_projection_norm.weight", (out,)), (visual + "merger.post_projection_norm.bias", (out,)),
    ]
    found += [(f"{visual}merger.{name}_proj.weight", (inner, out)) for name in ("gate", "up")]
    return found + [(visual + "merger.down_proj.weight", (out, inner))]


def packed_as(name: str, shape: tuple[int, ...], precision: str) -> str | None:
    """The twin of PackingPlan.swift."""
    if precision == "bf16" or len(shape) == 1 or name.endswith("position_embedding.weight"):
        return None
    return precision if name.startswith("model.language_model.layers.") else "q8"


def blocks(rng: np.random.Generator, count: int, kind: str) -> np.ndarray:
    """`count` packed blocks of random codes, as packed.h lays them out: weights of mean 0 and the deviation above."""
    out = np.frombuffer(bytearray(rng.bytes(count * BYTES[kind])), np.uint8).reshape(count, BYTES[kind])
    if kind == "q8":
        codes = out[:, :2048]
        codes[codes == 0] = 1
        out[:, 2048:] = np.full(STRIP, DEVIATION / 73.3, np.float32).view(np.uint8)
        return out
    multipliers = rng.integers(9, 14, (count, 4, STRIP), dtype=np.int16)  # by group and row
    offsets = np.rint(-7.5 * multipliers).astype(np.int8)
    out[:, 1024:1088] = offsets.reshape(count, 2, 2, STRIP).transpose(0, 1, 3, 2).reshape(count, 64).view(np.uint8)
    out[:, 1088:1120] = (multipliers[:, 0::2] | multipliers[:, 1::2] << 4).astype(np.uint8).reshape(count, 32)
    scale = np.full(STRIP, DEVIATION / (11 * 4.61), np.float32).view(np.uint32)
    out[:, 1120:] = (scale >> 16).astype(np.uint16).view(np.uint8)
    return out


def halves(rng: np.random.Generator, count: int, name: str) -> np.ndarray:
    """bf16: gains of norms are 1, all else is evenly spread around 0."""
    if "norm" in name and name.endswith("weight"):
        return np.full(count, 0x3F80, np.uint16)
    even = rng.integers(-32768, 32768, count, dtype=np.int16).astype(np.float32) * np.float32(DEVIATION / 18919)
    return (even.view(np.uint32) >> 16).astype(np.uint16)


def layout(shape: tuple[int, ...], kind: str | None) -> tuple[int, ...]:
    if kind is None:
        return shape
    return -(-shape[0] // STRIP), -(-int(np.prod(shape[1:])) // BLOCK), BYTES[kind]


def write(directory: Path, precision: str) -> None:
    entries = [(name, shape, packed_as(name, shape, precision)) for name, shape in tensors()]
    entries.sort(key=lambda entry: entry[2] is None)  # blocks first: they are multiples of a cache line
    metadata = {} if precision == "bf16" else {
        "format": "glimpse", "version": "1", "precision": precision, "source": "random", "checksum": "0" * 16}
    header, end = {"__metadata__": metadata}, 0
    for name, shape, kind in entries:
        shape = layout(shape, kind)
        start, end = end, end + int(np.prod(shape)) * (2 if kind is None else 1)
        header[name] = {"dtype": "BF16" if kind is None else "U8", "shape": shape, "data_offsets": [start, end]}
    text = json.dumps(header).encode()
    text += b" " * (-(8 + len(text)) % 64)
    path = directory / ("model.safetensors" if precision == "bf16" else f"model.{precision}.safetensors")
    rng, partial = np.random.default_rng(SEED), path.with_suffix(".partial")
    try:
        with open(partial, "wb") as file:
            file.write(struct.pack("<Q", len(text)) + text)
            for name, shape, kind in entries:
                size = 2 if kind is None else BYTES[kind]
                left = int(np.prod(layout(shape, kind))) // (1 if kind is None else size)
                while left:
                    some = min(left, PIECE // size)
                    file.write(halves(rng, some, name) if kind is None else blocks(rng, some, kind))
                    left -= some
        partial.rename(path)
    finally:
        partial.unlink(missing_ok=True)
    print(f"{path}: {path.stat().st_size / 1e9:.2f} GB")


def write_files(directory: Path) -> None:
    """All that is not weights: the bundled model's, with the 9B's sizes."""
    bundled = ROOT / "Models/shapes"
    for name in ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja", "generation_config.json"):
        (directory / name).write_bytes((bundled / name).read_bytes())
    config = json.loads((bundled / "config.json").read_text())
    t, v = TEXT, VISION
    config["text_config"] |= {
        "hidden_size": t["hidden"], "intermediate_size": t["inner"], "num_hidden_layers": t["layers"],
        "num_attention_heads": t["heads"], "num_key_value_heads": t["shared"], "vocab_size": t["vocabulary"],
        "max_position_embeddings": 65536,
        "rope_parameters": {"mrope_section": [8, 12, 12], "partial_rotary_factor": 0.5, "rope_theta": 10000.0,
                            "rope_type": "default"},
    }
    config["vision_config"] |= {
        "depth": v["depth"], "hidden_size": v["hidden"], "num_heads": 12, "out_hidden_size": v["out"],
        "intermediate_size": v["merger"], "image_size": v["side"] * v["patch"],
    }
    (directory / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    for name, most in (("preprocessor_config.json", 15_000), ("video_preprocessor_config.json", 60_000)):
        processor = json.loads((bundled / name).read_text())
        processor["size"] = {"shortest_edge": 112 * 112, "longest_edge": 28 * 28 * most}
        (directory / name).write_text(json.dumps(processor, indent=2) + "\n")


def main() -> None:
    if len(sys.argv) < 2 or not set(sys.argv[2:]) <= {"q4", "q8", "bf16"}:
        sys.exit(__doc__)
    directory, wanted = Path(sys.argv[1]), sys.argv[2:] or ["q4"]
    there = {path.name for path in directory.glob("model*.safetensors")} | {f"model.{kind}.safetensors" for kind in wanted}
    if "bf16" in wanted and there - {"model.bf16.safetensors", "model.safetensors"}:
        sys.exit("bf16 needs a folder of its own: a packed file beside it has other random weights, and glimpse would refuse it")
    directory.mkdir(parents=True, exist_ok=True)
    write_files(directory)
    for precision in wanted:
        write(directory, precision)


if __name__ == "__main__":
    main()
