"""The prompts of the model goldens: what is asked, and of which pictures, in plain data that Swift reads from the file."""

import math

import numpy as np
from common import film, frame
from reference import Prompt, Reference

SYSTEM = "You are a helpful assistant."


def picture(f: int, width: int, height: int, fps: float | None = None, index: int | None = None) -> dict:
    """An image: frame `f` of the formula; with `fps` also its place and time in a film."""
    entry = {"f": f, "width": width, "height": height}
    if fps is not None:
        entry |= {"index": index, "time": round(index / fps, 2)}
    return entry


def text_part(text: str) -> dict:
    return {"type": "text", "text": text}


def conversation(parts: list, system: str | None) -> list[dict]:
    start = [{"role": "system", "content": system}] if system is not None else []
    return start + [{"role": "user", "content": parts}]


def text_case(question: str, system: str | None = SYSTEM) -> dict:
    return {"layout": "text", "question": question, "system": system, "messages": conversation([text_part(question)], system)}


def images_case(images: list[dict], question: str, system: str | None = SYSTEM) -> dict:
    """Pictures without times, then the question."""
    parts = [{"type": "image"} for _ in images] + [text_part(question)]
    return {
        "layout": "images", "question": question, "system": system, "images": images,
        "messages": conversation(parts, system),
    }


def frames_case(layout: str, count: int, total: int, fps: float, size: tuple, question: str, system=SYSTEM) -> dict:
    """`count` frames spread over a film as the original app does, each after its time."""
    indices = np.linspace(0, total - 1, min(count, total), dtype=int).tolist()
    images = [picture(i, *size, fps=fps, index=i) for i in indices]
    frames = []
    for image in images:
        frames += [text_part(f"Frame {image['time']}:"), {"type": "image"}]
    asked = [text_part(question)]
    return {
        "layout": layout, "question": question, "system": system, "images": images,
        "messages": conversation(asked + frames if layout == "question-first" else frames + asked, system),
    }


def video_case(videos: list[dict], question: str, system: str | None = SYSTEM) -> dict:
    """Whole films, of which the processor chooses the frames, then the question."""
    parts = [{"type": "video"} for _ in videos] + [text_part(question)]
    return {
        "layout": "video", "question": question, "system": system, "videos": videos,
        "messages": conversation(parts, system),
    }


def clip(first: int, total: int, fps: float, width: int, height: int) -> dict:
    """A film of `total` frames: its frame i is frame `first` + i of the formula."""
    return {
        "first": first, "total_num_frames": total, "fps": fps, "duration": total / fps, "width": width, "height": height,
    }


def two_turns() -> dict:
    """A second question with a second picture, after an answer whose thoughts are gone."""
    question = "And here?"
    return {
        "layout": "conversation", "question": question, "system": SYSTEM,
        "images": [picture(3, 56, 56), picture(4, 84, 56)],
        "messages": [
            {"role": "system", "content": SYSTEM},
            {"role": "user", "content": [{"type": "image"}, text_part("What is it?")]},
            {"role": "assistant", "content": "\n<answer>A red square.</answer>"},
            {"role": "user", "content": [text_part(question), {"type": "image"}]},
        ],
    }


# name → (case, what is kept, whether the processor may resize)
CASES = {
    "text": (text_case("What happens in the video?"), "language", True),
    "image": (images_case([picture(0, 84, 56)], "What is this?", None), "all", True),
    "image-resized": (images_case([picture(5, 50, 75)], "Which colour is it?"), "brief", True),
    "two-images": (images_case([picture(1, 112, 56), picture(2, 56, 84)], "What has changed?"), "brief", True),
    "two-turns": (two_turns(), "brief", True),
    "question-first": (frames_case("question-first", 3, 100, 29.97, (90, 51), "What moves?"), "brief", True),
    "frames-first": (frames_case("frames-first", 3, 250, 25.0, (61, 97), "What is it?"), "brief", True),
    "frames-1": (frames_case("question-first", 1, 30, 30.0, (56, 56), "What is seen?"), "brief", True),
    "frames-10": (frames_case("question-first", 10, 300, 30.0, (70, 60), "What happens, and when?"), "tail", True),
    "frames-40": (frames_case("frames-first", 40, 1200, 23.976, (56, 56), "What happens at the end?"), "tail", True),
    "video": (video_case([clip(0, 40, 24.0, 64, 48)], "What happens?"), "brief", True),
    "video-1": (video_case([clip(7, 1, 25.0, 56, 56)], "What is shown?", None), "brief", True),
    "video-3": (video_case([clip(2, 45, 29.97, 80, 60)], "What happens?"), "brief", True),
    "video-40": (video_case([clip(0, 241, 12.0, 90, 70)], "What happens at the end?"), "tail", True),
    "two-videos": (video_case([clip(0, 30, 15.0, 56, 56), clip(50, 36, 12.0, 84, 56)], "Which is longer?"), "brief", True),
}


def prompt(case: dict) -> Prompt:
    images = [frame(entry["f"], entry["width"], entry["height"]) for entry in case.get("images", [])]
    videos = []
    for entry in case.get("videos", []):
        frames = film(entry["first"], entry["total_num_frames"], entry["width"], entry["height"])
        metadata = {key: value for key, value in entry.items() if key != "first"}
        videos.append((frames, metadata))
    return Prompt(case["messages"], images, videos)


def sampled(case: dict, reference: Reference) -> list[dict]:
    """What the processor chose of each film: the indices, and the whole seconds it writes after each pair."""
    result = []
    for entry in case.get("videos", []):
        indices = reference.video_indices({key: value for key, value in entry.items() if key != "first"})
        result.append({"indices": indices, "seconds": [math.floor(i / entry["fps"]) for i in indices[::2]]})
    return result
