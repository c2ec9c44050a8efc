"""Files for llama.cpp of GLM-4.1V-9B's shapes with random weights: the text model as a Q4_K_M file, the vision tower in f16.

Names and types are those that llama.cpp's own converter and quantiser would give them (conversion/glm.py, conversion/qwen3vl.py
and src/llama-quant.cpp of its sources). The blocks are random bytes with sane scales: how long they take does not depend on
what they hold. The vocabulary is as large as the 9B's and means nothing.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Type

from shapes import TEXT, VISION

SEED = 20261125
POOL = 16 << 20  # bytes of random blocks that are written again and again
SCALES = {Type.Q4_K: (0, 2), Type.Q5_0: (0,), Type.Q8_0: (0,), Type.Q6_K: (208,)}  # where a block has its f16 numbers
FALLBACK = {Type.Q4_K: Type.Q5_0, Type.Q6_K: Type.Q8_0}  # for rows that are no multiple of 256
SMALL = 1e-4

Tensor = tuple[str, tuple[int, ...], Type]  # the shape as numpy has it: [rows, columns]


def more_bits(layer: int, layers: int) -> bool:
    """Which half of the layers has 6 bits in `attn_v` and `ffn_down` of a Q4_K_M file."""
    return layer < layers // 8 or layer >= 7 * layers // 8 or (layer - layers // 8) % 3 == 2


def text_tensors(layers: int, vocabulary: int) -> Iterator[Tensor]:
    c, inner, shared = TEXT["hidden"], TEXT["inner"], TEXT["shared"] * TEXT["head"]
    yield "token_embd.weight", (vocabulary, c), Type.Q4_K
    yield "output_norm.weight", (c,), Type.F32
    yield "output.weight", (vocabulary, c), Type.Q6_K
    for i in range(layers):
        block, better = f"blk.{i}.", Type.Q6_K if more_bits(i, layers) else Type.Q4_K
        for norm in ("attn_norm", "post_attention_norm", "ffn_norm", "post_ffw_norm"):
            yield f"{block}{norm}.weight", (c,), Type.F32
        for name, rows, kind in (("q", c, Type.Q4_K), ("k", shared, Type.Q4_K), ("v", shared, better)):
            yield f"{block}attn_{name}.weight", (rows, c), kind
            yield f"{block}attn_{name}.bias", (rows,), Type.F32
        yield block + "attn_output.weight", (c, c), Type.Q4_K
        yield block + "ffn_up.weight", (2 * inner, c), Type.Q4_K
        yield block + "ffn_down.weight", (c, inner), better if inner % 256 == 0 else FALLBACK[better]


def vision_tensors(blocks: int) -> Iterator[Tensor]:
    c, inner, out, merger, patch = (VISION[name] for name in ("hidden", "inner", "out", "merger", "patch"))
    for name in ("v.patch_embd.weight", "v.patch_embd.weight.1"):  # one for each frame of a pair
        yield name, (c, 3, patch, patch), Type.F16
    yield "v.patch_embd.bias", (c,), Type.F32
    yield "v.position_embd.weight", (VISION["side"] ** 2, c), Type.F32
    yield "v.norm_embd.weight", (c,), Type.F32
    yield "v.post_ln.weight", (c,), Type.F32
    for i in range(blocks):
        block = f"v.blk.{i}."
        yield block + "ln1.weight", (c,), Type.F32
        yield block + "ln2.weight", (c,), Type.F32
        yield block + "attn_qkv.weight", (3 * c, c), Type.F16
        yield block + "attn_out.weight", (c, c), Type.F16
        yield block + "ffn_gate.weight", (inner, c), Type.F16
        yield block + "ffn_up.weight", (inner, c), Type.F16
        yield block + "ffn_down.weight", (c, inner), Type.F16
    yield "mm.patch_merger.weight", (out, c, 2, 2), Type.F16
    yield "mm.patch_merger.bias", (out,), Type.F32
    yield "mm.model.fc.weight", (out, out), Type.F16
    yield "mm.post_norm.weight", (out,), Type.F32
    yield "mm.post_norm.bias", (out,), Type.F32
    yield "mm.gate.weight", (merger, out), Type.F16
    yield "mm.up.weight", (merger, out), Type.F16
    yield "mm.down.weight", (out, merger), Type.F16


def write_text(path: Path, layers: int, vocabulary: int = TEXT["vocabulary"]) -> Path:
    writer = gguf.GGUFWriter(path.with_suffix(".partial"), "glm4")
    writer.add_context_length(65536)
    writer.add_embedding_length(TEXT["hidden"])
    writer.add_feed_forward_length(TEXT["inner"])
    writer.add_block_count(layers)
    writer.add_head_count(TEXT["heads"])
    writer.add_head_count_kv(TEXT["shared"])
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(10000.0)
    writer.add_rope_dimension_count(TEXT["head"] // 2)
    writer.add_rope_dimension_sections([8, 12, 12, 0])
    writer.add_vocab_size(vocabulary)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q4_K_M)
    add_vocabulary(writer, vocabulary)
    return finish(writer, path, text_tensors(layers, vocabulary))


def write_vision(path: Path, blocks: int) -> Path:
    writer = gguf.GGUFWriter(path.with_suffix(".partial"), "clip")
    writer.add_clip_has_vision_encoder(True)
    writer.add_clip_projector_type("glm4v")
    writer.add_vision_projection_dim(VISION["out"])
    writer.add_vision_image_size(VISION["side"] * VISION["patch"])
    writer.add_vision_patch_size(VISION["patch"])
    writer.add_vision_embedding_length(VISION["hidden"])
    writer.add_vision_feed_forward_length(VISION["merger"])
    writer.add_vision_block_count(blocks)
    writer.add_vision_head_count(VISION["hidden"] // 128)
    writer.add_vision_attention_layernorm_eps(1e-5)
    writer.add_vision_use_silu(True)
    writer.add_vision_image_mean([0.48145466, 0.4578275, 0.40821073])
    writer.add_vision_image_std([0.26862954, 0.26130258, 0.27577711])
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    return finish(writer, path, vision_tensors(blocks))


def add_vocabulary(writer: gguf.GGUFWriter, size: int) -> None:
    """Every byte, spelled as byte-level BPE spells it, then words that nobody will write, then what GLM marks with."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    bytes_ = [chr(byte) for byte in printable] + [chr(256 + i) for i in range(len(others))]
    marks = ["<|endoftext|>", "[gMASK]", "<sop>", "<|user|>", "<|assistant|>", "<|begin_of_image|>", "<|image|>", "<|end_of_image|>"]
    words = [f"<unused-{i}>" for i in range(size - len(bytes_) - len(marks))]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("glm4")
    writer.add_token_list(bytes_ + words + marks)
    writer.add_token_types(
        [gguf.TokenType.NORMAL] * len(bytes_) + [gguf.TokenType.UNUSED] * len(words) + [gguf.TokenType.CONTROL] * len(marks))
    writer.add_token_merges(["a b"])
    for add in (writer.add_eos_token_id, writer.add_bos_token_id, writer.add_unk_token_id):
        add(size - len(marks))
    writer.add_add_bos_token(False)
    writer.add_chat_template("{% for message in messages %}{{ message.content }}{% endfor %}")


def finish(writer: gguf.GGUFWriter, path: Path, tensors: Iterable[Tensor]) -> Path:
    """Writes the tensors one by one, so that none has to fit into memory, and gives the file its name in the end."""
    tensors = list(tensors)
    for name, shape, kind in tensors:
        stored = {Type.F32: np.dtype(np.float32), Type.F16: np.dtype(np.float16)}.get(kind, np.dtype(np.uint8))
        lying = shape if stored != np.uint8 else gguf.quant_shape_to_byte_shape(shape, kind)
        writer.add_tensor_info(name, lying, stored, size_of(shape, kind), None if stored != np.uint8 else kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    pools = {kind: pool(kind) for kind in {kind for _, _, kind in tensors}}
    for name, shape, kind in tensors:
        source = pool(Type.F32, gain=1) if "norm" in name and name.endswith("weight") else pools[kind]
        writer.write_tensor_data(np.resize(source, size_of(shape, kind)))
    writer.close()
    partial = path.with_suffix(".partial")
    partial.rename(path)
    return path


def size_of(shape: tuple[int, ...], kind: Type) -> int:
    weights, size = gguf.GGML_QUANT_SIZES[kind]
    return int(np.prod(shape)) // weights * size


def pool(kind: Type, gain: float | None = None) -> np.ndarray:
    """Random blocks of one type, as bytes."""
    rng = np.random.default_rng(SEED)
    if kind in (Type.F32, Type.F16):
        stored = np.float32 if kind == Type.F32 else np.float16
        numbers = rng.uniform(-0.035, 0.035, POOL // 4) if gain is None else np.full(1 << 14, gain)
        return numbers.astype(stored).view(np.uint8)
    size = gguf.GGML_QUANT_SIZES[kind][1]
    blocks = np.frombuffer(bytearray(rng.bytes(POOL // size * size)), np.uint8).reshape(-1, size)
    for start in SCALES[kind]:
        blocks[:, start : start + 2] = np.full(1, SMALL, np.float16).view(np.uint8)
    return blocks.reshape(-1)
