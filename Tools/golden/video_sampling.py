"""`video-sampling.json`: the frames that Glm4vVideoProcessor takes of a film, and the times it writes after each pair."""

import re

import numpy as np
from common import GLM, WORDS, VERSIONS, write_json
from transformers import AutoProcessor
from transformers.video_utils import VideoMetadata

RATES = [1.0, 2.0, 5.0, 7.5, 10.0, 12.0, 15.0, 23.976023976023978, 24.0, 25.0, 29.97002997002997, 30.0, 50.0, 59.94005994005994, 60.0, 120.0]
COUNTS = [1, 2, 3, 4, 5, 7, 15, 16, 24, 29, 30, 31, 60, 100, 299, 301]


def films() -> list[tuple[int, float, float | None]]:
    """(frames, rate, duration); no duration makes the processor guess one from the last frame."""
    table = [(count, rate, count / rate) for rate in RATES for count in COUNTS]
    table += [(count, 30.0, None) for count in (1, 15, 16, 45, 46, 301)]
    table += [(100, 25.0, duration) for duration in (0.0, 0.2, 0.49, 0.5, 3.99, 4.0, 4.01, 10.0)]
    table += [
        (9000, 30.0, 300.0), (9001, 30.0, 300.04), (7200, 24.0, 300.0), (7201, 24.0, 7201 / 24),  # at and over 300 s
        (18000, 30.0, 600.0), (14386, 23.976023976023978, 600.0), (600, 1.0, 600.0), (599, 1.0, 599.0),
        (601, 1.0, 601.0), (400, 0.5, 800.0), (107892, 29.97002997002997, 3600.0),
    ]
    return table


def spaced(indices: list[int]) -> dict:
    """Long lists are stored as their length, ends and a sum that a shifted element would change."""
    if len(indices) <= 40:
        return {"indices": indices}
    checksum = sum((i + 1) * index for i, index in enumerate(indices))
    return {"count": len(indices), "first": indices[:8], "last": indices[-8:], "checksum": checksum}


def main() -> None:
    processor = AutoProcessor.from_pretrained(WORDS)
    cases = []
    for count, rate, duration in films():
        metadata = {"total_num_frames": count, "fps": rate, "duration": duration}
        # The frames of the film are one pixel each: only their number matters here.
        frames = np.zeros((count, 1, 1, 3), dtype=np.uint8)
        sampled = processor.video_processor.sample_frames(VideoMetadata(**metadata)).tolist()
        case = {**metadata, **spaced(sampled)}
        if len(sampled) <= 40:
            inputs = processor(text=["<|video|>"], videos=[frames], video_metadata=[metadata])
            text = processor.tokenizer.decode(inputs["input_ids"][0])
            case["seconds"] = [int(time) for time in re.findall(r"<\|end_of_image\|>(\d+)", text)]
            assert len(case["seconds"]) == len(sampled) // 2
        cases.append(case)
    write_json(GLM / "video-sampling.json", VERSIONS, {"cases": cases})


if __name__ == "__main__":
    main()
