"""OpenVINO: two language layers and the head of GLM-4.1V-9B, converted from transformers and packed by nncf.

    python openvino_layers.py make FOLDER GROUP...           # writes layers-<GROUP>.xml and head.xml
    python openvino_layers.py time FOLDER GROUP TOKENS THREADS

The layers are in 4 bits with zero points, in groups of GROUP; the head in 8 bits, as nncf does it for whole models. `time`
prints the seconds of a prompt of TOKENS and of one token for all 40 layers (20 times two) and the head, once with the
precision that OpenVINO chooses itself for what is not packed, and once in f32.
"""

import json
import statistics
import sys
import time
from pathlib import Path

from shapes import TEXT

LAYERS = 2


def make(folder: Path, groups: list[int]) -> None:
    import nncf
    import openvino
    import torch

    example = tuple(torch.from_numpy(array) for array in inputs(8))
    for group in groups:
        path = folder / f"layers-{group}.xml"
        if path.exists():
            continue
        model = openvino.convert_model(layers(), example_input=example, input=[
            openvino.PartialShape([1, -1, TEXT["hidden"]]), openvino.PartialShape([1, -1, TEXT["head"] // 2]),
            openvino.PartialShape([1, -1, TEXT["head"] // 2]), openvino.PartialShape([1, 1, -1, -1])])
        packed = nncf.compress_weights(model, mode=nncf.CompressWeightsMode.INT4_ASYM, ratio=1.0, group_size=group, all_layers=True)
        save(packed, path)
    if not (folder / "head.xml").exists():
        model = openvino.convert_model(head(), example_input=example[0][:, :1], input=[openvino.PartialShape([1, -1, TEXT["hidden"]])])
        save(nncf.compress_weights(model, mode=nncf.CompressWeightsMode.INT8_ASYM), folder / "head.xml")


def layers():
    """The two layers as a module of (x, cos, sin, mask)."""
    import torch
    from transformers.models.glm4v.configuration_glm4v import Glm4vTextConfig
    from transformers.models.glm4v.modeling_glm4v import Glm4vTextDecoderLayer

    config = Glm4vTextConfig(
        hidden_size=TEXT["hidden"], intermediate_size=TEXT["inner"], num_attention_heads=TEXT["heads"],
        num_key_value_heads=TEXT["shared"], num_hidden_layers=LAYERS, vocab_size=TEXT["vocabulary"],
        rope_parameters={"rope_type": "default", "rope_theta": 10000.0, "partial_rotary_factor": 0.5, "mrope_section": [8, 12, 12]})
    config._attn_implementation = "sdpa"

    class Layers(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layers = torch.nn.ModuleList(Glm4vTextDecoderLayer(config, i) for i in range(LAYERS))

        def forward(self, x, cos, sin, mask):
            for layer in self.layers:
                x = layer(x, position_embeddings=(cos, sin), attention_mask=mask)
            return x

    return filled(Layers)


def head():
    """The last norm and the scores of all words."""
    import torch
    from transformers.models.glm4v.modeling_glm4v import Glm4vRMSNorm

    def make():
        return torch.nn.Sequential(
            Glm4vRMSNorm(TEXT["hidden"]), torch.nn.Linear(TEXT["hidden"], TEXT["vocabulary"], bias=False))

    return filled(make)


def filled(make):
    """The module with even random weights, which are made faster than the normal ones that torch would make."""
    import torch

    with torch.device("meta"):
        module = make()
    module = module.to_empty(device="cpu").eval()
    for name, parameter in module.named_parameters():
        parameter.requires_grad_(False)
        parameter.fill_(1) if parameter.ndim == 1 and "bias" not in name else parameter.uniform_(-0.035, 0.035)
    return module


def save(model, path: Path) -> None:
    import openvino

    partial = path.with_name("partial-" + path.name)
    openvino.save_model(model, partial, compress_to_fp16=False)
    partial.with_suffix(".bin").rename(path.with_suffix(".bin"))
    partial.rename(path)


def inputs(tokens: int):
    """x, cos, sin and the mask of a prompt."""
    import numpy as np

    rng = np.random.default_rng(1)
    angles = np.arange(tokens)[:, None] * 10000.0 ** (-np.arange(0, TEXT["head"] // 2, 2) / (TEXT["head"] // 2))
    angles = np.repeat(angles, 2, axis=1)[None].astype(np.float32)
    mask = np.where(np.tri(tokens, dtype=bool), 0, np.finfo(np.float32).min).astype(np.float32)[None, None]
    return rng.standard_normal((1, tokens, TEXT["hidden"]), np.float32), np.cos(angles), np.sin(angles), mask


def measure(folder: Path, group: int, tokens: int, threads: int) -> dict:
    import openvino

    core, found = openvino.Core(), {}
    for name, hint in {"own choice": {}, "f32": {"INFERENCE_PRECISION_HINT": "f32"}}.items():
        options = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": threads} | hint
        both = core.compile_model(folder / f"layers-{group}.xml", "CPU", options)
        last = core.compile_model(folder / "head.xml", "CPU", options)
        times = TEXT["layers"] // LAYERS
        scores = seconds(last, inputs(1)[:1], 10)
        found[name] = {
            "prefill_seconds": times * seconds(both, inputs(tokens), 3) + scores,
            "decode_seconds": times * seconds(both, inputs(1), 20) + scores,
            "head_seconds": scores,
        }
    return found


def seconds(model, values, times: int) -> float:
    """The median of several calls after one that does not count."""
    request = model.create_infer_request()
    named = dict(enumerate(values))
    request.infer(named)
    found = []
    for _ in range(times):
        start = time.perf_counter()
        request.infer(named)
        found.append(time.perf_counter() - start)
    return statistics.median(found)


def main() -> None:
    match sys.argv[1:]:
        case ["make", folder, *groups] if groups:
            make(Path(folder), [int(group) for group in groups])
        case ["time", folder, group, tokens, threads]:
            print(json.dumps(measure(Path(folder), int(group), int(tokens), int(threads))))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
