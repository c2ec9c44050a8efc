"""Small healthy checkpoints, written by the safetensors library itself, for Tests/WeightsTests.

Each holds tensors as bf16, f16 and f32, with every special value, and beside each the same values as f32
("expected.…"), converted by torch. Once as a single file, once in shards with an index.

    python Tools/golden/safetensors_files.py Tests/WeightsTests/Golden
"""

import json
import pathlib
import sys

import safetensors
import torch
from safetensors.torch import save_file

SEED = 20260101
SPECIAL = {
    torch.float16: [0x0000, 0x8000, 0x0001, 0x83FF, 0x0400, 0x3C00, 0x7BFF, 0x7C00, 0xFC00, 0x7E00],
    torch.bfloat16: [0x0000, 0x8000, 0x0001, 0x807F, 0x0080, 0x3F80, 0x7F7F, 0x7F80, 0xFF80, 0x7FC0],
}


def tensors() -> dict[str, torch.Tensor]:
    torch.manual_seed(SEED)
    weights = {
        "model.layers.0.matrix": torch.randn(3, 4).to(torch.bfloat16),
        "model.layers.1.matrix": torch.randn(3, 4).to(torch.float16),
        "model.layers.1.bias": torch.randn(5),
        "model.patches": torch.randn(2, 3, 2, 2).to(torch.bfloat16),
        "special.f16": torch.tensor(SPECIAL[torch.float16], dtype=torch.uint16).view(torch.float16),
        "special.bf16": torch.tensor(SPECIAL[torch.bfloat16], dtype=torch.uint16).view(torch.bfloat16),
        "special.f32": torch.tensor([0.0, -0.0, 1e-45, float("inf"), float("-inf"), float("nan"), 3.4e38]),
    }
    expected = {f"expected.{name}": tensor.to(torch.float32, copy=True) for name, tensor in weights.items()}
    # Types that a file may hold although nobody computes with them.
    return {"bytes": torch.arange(7, dtype=torch.uint8), "counts": torch.arange(3)} | weights | expected


def main(folder: pathlib.Path) -> None:
    # One entry only: the library writes several in a random order, and the files would differ from run to run.
    metadata = {"made by": f"safetensors {safetensors.__version__}, torch {torch.__version__}, seed {SEED}"}
    everything = tensors()

    single = folder / "single"
    single.mkdir(parents=True, exist_ok=True)
    save_file(everything, single / "model.safetensors", metadata)

    sharded = folder / "sharded"
    sharded.mkdir(parents=True, exist_ok=True)
    names = sorted(everything)
    weight_map = {}
    for part in range(2):
        shard = f"model-{part + 1:05}-of-00002.safetensors"
        content = {name: everything[name] for name in names[part::2]}
        save_file(content, sharded / shard, metadata)
        weight_map |= dict.fromkeys(content, shard)
    size = sum(tensor.nbytes for tensor in everything.values())
    index = {"metadata": {"total_size": size}, "weight_map": dict(sorted(weight_map.items()))}
    (sharded / "model.safetensors.index.json").write_text(json.dumps(index, indent=2) + "\n")


main(pathlib.Path(sys.argv[1]))
