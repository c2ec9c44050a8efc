"""Golden files of picture sizes and pixels: `smart-resize.json` and `resize.safetensors`."""

import random

import numpy as np
import torch
from common import GLM, VERSIONS, film, frame, write_json, write_tensors
from PIL import Image
from torchvision.transforms.v2 import functional as tvF
from transformers import Glm4vImageProcessor, Glm4vVideoProcessor
from transformers.models.glm4v.image_processing_glm4v import smart_resize

IMAGE = (112 * 112, 28 * 28 * 15000)  # class defaults, areas over the frames
VIDEO = (112 * 112, 28 * 28 * 2 * 30000)
TINY = (2 * 56 * 56, 2 * 84 * 112)

# (width, height) → (width, height)
RESIZES = [
    ((64, 48), (28, 28)), ((48, 64), (28, 56)), ((30, 20), (56, 28)), ((13, 17), (28, 28)),
    ((90, 30), (28, 28)), ((30, 90), (56, 28)), ((57, 55), (56, 56)), ((55, 57), (56, 56)),
    ((200, 150), (56, 28)), ((33, 47), (28, 47)), ((47, 33), (47, 28)), ((29, 1), (28, 28)),
]

# Pillow 13 turns the order of the two passes where that is cheaper; torchvision is always horizontal first. Between the
# passes both round to 8 bits, so here they differ by up to 25 levels and only torchvision is kept.
VERTICAL_FIRST = {"30x90-56x28", "55x57-56x56"}


def sizes() -> list[dict]:
    """Chosen sizes, then random ones; an error stands as the text of what the reference refuses."""
    cases = []
    common = [(426, 240), (640, 360), (854, 480), (1280, 720), (1920, 1080), (3840, 2160), (1080, 1920), (7680, 4320)]
    for width, height in common:
        cases += [(2, height, width, 28, *IMAGE), (20, height, width, 28, *VIDEO), (600, height, width, 28, *VIDEO)]
    for half in (14, 42, 70, 98, 126, 154, 182, 210):  # halves of 28 round to even
        cases += [(2, half, 280, 28, *IMAGE), (2, 280, half, 28, *IMAGE), (2, half, half, 28, 0, IMAGE[1])]
    for side in (1, 2, 3, 5, 13, 26, 27, 28, 29):  # sides under one factor are scaled up first
        cases += [(2, side, side, 28, *IMAGE), (2, side, 100, 28, *IMAGE), (2, 100, side, 28, *TINY)]
    for long in (5599, 5600, 5601, 5628, 28 * 300):  # 200 : 1 is allowed
        cases += [(2, 28, long, 28, *IMAGE), (2, long, 28, 28, *IMAGE), (2, 14, long // 2, 28, *IMAGE)]
    for frames in (1, 2, 3, 4, 5, 6, 7, 9, 11, 41):  # 1 is refused, odd counts round half to even
        cases += [(frames, 100, 150, 28, *VIDEO), (frames, 1000, 1500, 28, IMAGE[0], 28 * 28 * 200)]
    for limit in (28 * 28 * 2, 28 * 28 * 8, 28 * 28 * 18):  # a size exactly at a limit stays
        cases += [(2, 56, 56, 28, limit, 10**9), (2, 84, 84, 28, 0, limit), (2, 56, 57, 28, limit, limit)]

    dice = random.Random(5)
    for _ in range(200):
        limits = dice.choice([IMAGE, VIDEO, TINY, (dice.randint(1, 60000), dice.randint(60000, 900000))])
        side = dice.choice([60, 300, 1500, 4000])
        cases.append((dice.choice([2, 2, 2, 8, 21]), dice.randint(1, side), dice.randint(1, side), 28, *limits))
    for _ in range(20):
        cases.append((2, dice.randint(1, 900), dice.randint(1, 900), 32, *IMAGE))
    return [resized(*case) for case in cases]


def resized(frames: int, height: int, width: int, factor: int, smallest: int, largest: int) -> dict:
    case = {"frames": frames, "height": height, "width": width, "factor": factor, "min": smallest, "max": largest}
    try:
        result = smart_resize(frames, height, width, 2, factor, smallest, largest)
        return case | {"result": list(result)}
    except ValueError as error:
        return case | {"error": "frames" if str(error).startswith("t:") else "aspect"}


def pixels() -> dict[str, np.ndarray]:
    """Each source is frame 0 of the formula; results are [height, width, 3]."""
    tensors = {}
    for (width, height), (to_width, to_height) in RESIZES:
        source = frame(0, width, height)
        name = f"{width}x{height}-{to_width}x{to_height}"
        picture = torch.from_numpy(source).permute(2, 0, 1).contiguous()
        vision = tvF.resize(picture, [to_height, to_width], interpolation=tvF.InterpolationMode.BICUBIC, antialias=True)
        tensors[f"torchvision.{name}"] = vision.permute(1, 2, 0)
        pil = np.asarray(Image.fromarray(source).resize((to_width, to_height), Image.Resampling.BICUBIC))
        tensors[f"pil.{name}"] = pil
        difference = np.abs(pil.astype(int) - vision.permute(1, 2, 0).numpy().astype(int)).max()
        assert difference <= 1 or name in VERTICAL_FIRST, f"{name}: torchvision and PIL differ by {difference}"
    return {name: tensor for name, tensor in tensors.items() if name.removeprefix("pil.") not in VERTICAL_FIRST}


def processed() -> dict[str, torch.Tensor]:
    """What the processors hand to the model: an image of 40 x 25 and a film of 2 frames of 33 x 50, both resized."""
    size = {"shortest_edge": 2 * 28 * 28, "longest_edge": 2 * 28 * 56}
    picture = torch.from_numpy(frame(3, 40, 25)).permute(2, 0, 1)
    image = Glm4vImageProcessor(size=size)(images=[picture], return_tensors="pt")
    video = Glm4vVideoProcessor(size=size)(
        videos=[film(4, 2, 33, 50)], do_sample_frames=False, return_tensors="pt"
    )
    return {
        "image.pixel_values": image["pixel_values"], "image.grid_thw": image["image_grid_thw"],
        "video.pixel_values": video["pixel_values_videos"], "video.grid_thw": video["video_grid_thw"],
    }


def main() -> None:
    write_json(GLM / "smart-resize.json", VERSIONS, {"cases": sizes()})
    about = {
        "image": {"f": 3, "width": 40, "height": 25}, "video": {"first": 4, "count": 2, "width": 33, "height": 50},
        "size": {"shortest_edge": 2 * 28 * 28, "longest_edge": 2 * 28 * 56},
    }
    write_tensors(GLM / "resize.safetensors", pixels() | processed(), {**VERSIONS, "processed": about})


if __name__ == "__main__":
    main()
