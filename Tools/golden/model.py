"""Golden files of whole prompts: `<checkpoint>-<case>.safetensors`, every tensor that flows between the modules."""

import re
import sys

import torch
from cases import CASES, prompt, sampled
from common import GLM, VERSIONS, write_tensors
from reference import Reference

NEW_TOKENS = 16
INSIDE = ("input_layernorm", "q_rotated", "k_rotated", "attention", "h", "mlp")

# What a case keeps. Pixels and whole logits are the bulk, so few cases have them.
KEPT = {
    "all": ("pixel_values", "grid_thw", "vision.", "inputs_embeds", "language.", "logits"),
    "language": ("inputs_embeds", "language.", "logits"),
    "brief": ("grid_thw", "vision.embeddings", "vision.merger", "logits.last"),
    "tail": ("grid_thw", "logits.last"),
}


def tensors(reference: Reference, inputs, kind: str, checkpoint: str) -> dict[str, torch.Tensor]:
    seen = reference.forward(inputs)
    result = {"input_ids": inputs["input_ids"][0], "position_ids": seen.pop("position_ids")}
    for modality in ("pixel_values", "pixel_values_videos"):
        if modality in inputs:
            result["pixel_values"] = inputs[modality]
    for grid in ("image_grid_thw", "video_grid_thw"):
        if grid in inputs:
            result["grid_thw"] = inputs[grid]
    seen["logits.last"] = seen["logits"][-1:]
    result |= seen

    kept = KEPT[kind]
    if checkpoint == "tiny-b":  # its shapes are new, its pixels are not
        kept = tuple("logits.last" if name == "logits" else name for name in kept if name != "pixel_values")
    inside = tuple(f"language.layers.0.{name}" for name in INSIDE)

    def wanted(name: str) -> bool:
        if name in ("input_ids", "position_ids"):
            return True
        if name in inside and kind != "all":
            return False
        return any(name == keep or (keep.endswith(".") and name.startswith(keep)) for keep in kept)

    return {name: result[name] for name in sorted(result, key=order) if wanted(name)}


def order(name: str) -> tuple:
    """Tensors stand in the file in the order in which they are computed."""
    first = ("input_ids", "position_ids", "pixel_values", "grid_thw", "vision.patch_embed", "vision.post_conv_layernorm",
             "vision.embeddings", "vision.blocks", "vision.post_layernorm", "vision.downsample", "vision.merger",
             "inputs_embeds", "language.layers", "language.norm", "logits")
    return next(i for i, start in enumerate(first) if name.startswith(start)), name


def golden(checkpoint: str, name: str, reference: Reference, other: Reference) -> None:
    case, kind, resize = CASES[name]
    text, inputs = reference.encode(prompt(case), **({} if resize else {"do_resize": False}))
    kept = tensors(reference, inputs, kind, checkpoint)

    logits, same = reference.forward(inputs)["logits"], other.forward(inputs)["logits"]
    assert torch.allclose(logits, same, rtol=1e-5, atol=1e-4), f"eager and sdpa differ: {(logits - same).abs().max()}"

    greedy, logprobs = reference.generate(inputs, NEW_TOKENS)
    top = logprobs.topk(5, dim=-1)
    gap = (top.values[:, 0] - top.values[:, 1]).min().item()
    assert gap > 1e-3, f"{checkpoint}-{name}: greedy is nearly a tie ({gap}); change the question"
    kept["greedy"] = greedy
    kept["logprobs.top.ids"], kept["logprobs.top.values"] = top.indices, top.values

    films = [a | b for a, b in zip(case.get("videos", []), sampled(case, reference))]
    written = re.findall(r"<\|end_of_image\|>(\d+)", reference.processor.tokenizer.decode(inputs["input_ids"][0]))
    assert [int(seconds) for seconds in written] == [s for film in films for s in film["seconds"]]

    about = {"checkpoint": checkpoint, "case": name, "do_resize": resize, "prompt_text": text, **case}
    about["videos"] = films
    about |= {"max_new_tokens": NEW_TOKENS, "ignore_eos": True, "attention": "eager", "smallest_gap": round(gap, 5)}
    write_tensors(GLM / f"{checkpoint}-{name}.safetensors", kept, {**VERSIONS, "case": about})
    print(f"{checkpoint}-{name}: {inputs['input_ids'].shape[1]} tokens, gap {gap:.4f}, eager/sdpa {(logits - same).abs().max():.1e}")


def main(only: str = "") -> None:
    for checkpoint in ("tiny-a", "tiny-b"):
        reference, other = (Reference(GLM / checkpoint, attention) for attention in ("eager", "sdpa"))
        for name in CASES:
            if only in f"{checkpoint}-{name}":
                golden(checkpoint, name, reference, other)


if __name__ == "__main__":
    main(*sys.argv[1:])
