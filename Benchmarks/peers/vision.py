"""transformers: seconds of GLM-4.1V-9B's vision tower for one frame, with random weights.

    python vision.py TYPE THREADS     # TYPE is f32 or bf16

The whole tower is 3.6 GB in f32.
"""

import json
import sys
import time

import torch
from transformers.models.glm4v.configuration_glm4v import Glm4vVisionConfig
from transformers.models.glm4v.modeling_glm4v import Glm4vVisionModel, Glm4vVisionRotaryEmbedding

from openvino_layers import filled
from shapes import PATCHES, VISION


def tower(dtype: torch.dtype) -> Glm4vVisionModel:
    config = Glm4vVisionConfig(
        depth=VISION["depth"], hidden_size=VISION["hidden"], num_heads=VISION["hidden"] // 128, out_hidden_size=VISION["out"],
        intermediate_size=VISION["merger"], patch_size=VISION["patch"], image_size=VISION["side"] * VISION["patch"],
        attn_implementation="sdpa")
    model = filled(lambda: Glm4vVisionModel(config)).to(dtype)
    model.rotary_pos_emb = Glm4vVisionRotaryEmbedding(config)  # its frequencies are computed and are in no checkpoint
    return model


def look(model: Glm4vVisionModel, rows: int, columns: int) -> float:
    pixels = torch.randn(rows * columns, 3 * 2 * VISION["patch"] ** 2).to(model.dtype)
    start = time.perf_counter()
    with torch.inference_mode():
        model(pixels, grid_thw=torch.tensor([[1, rows, columns]]))
    return time.perf_counter() - start


def main() -> None:
    if len(sys.argv) != 3 or sys.argv[1] not in ("f32", "bf16"):
        sys.exit(__doc__)
    torch.set_num_threads(int(sys.argv[2]))
    model = tower(torch.float32 if sys.argv[1] == "f32" else torch.bfloat16)
    look(model, 4, 4)  # so that the weights are in memory
    print(json.dumps({"vision_seconds": look(model, *PATCHES)}))


if __name__ == "__main__":
    main()
