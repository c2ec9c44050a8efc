"""A checkpoint of `language.py` as a Hugging Face folder with all the files that the 9B has.

usage: export.py CHECKPOINT.pt FOLDER
"""
import json
import pathlib
import sys

import torch
from safetensors.torch import save_file

from frames import IMAGE_AREA, SHORTEST, VIDEO_AREA
from model import complete, load, strip
from tokenizer import kept, settings

TEMPLATE = """[gMASK]<sop>{% for m in messages %}<|{{ m.role }}|>
{% if m.content is string %}{{ m.content }}{% else %}{% for p in m.content %}{% if p.type == 'image' %}<|begin_of_image|><|image|><|end_of_image|>{% elif p.type == 'video' %}<|begin_of_video|><|video|><|end_of_video|>{% else %}{{ p.text }}{% endif %}{% endfor %}{% endif %}{% endfor %}{% if add_generation_prompt %}<|assistant|>
{% endif %}"""
PIXELS = {"do_resize": True, "do_rescale": True, "do_normalize": True, "do_convert_rgb": True, "rescale_factor": 1 / 255, "resample": 3, "patch_size": 14, "temporal_patch_size": 2, "merge_size": 2,
          "image_mean": [0.48145466, 0.4578275, 0.40821073], "image_std": [0.26862954, 0.26130258, 0.27577711], "processor_class": "Glm4vProcessor"}


def main(checkpoint, folder):
    out = pathlib.Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    tokenizer = kept(pathlib.Path(checkpoint).with_name("tokenizer.json"))
    weights = {k: v.to(torch.bfloat16).contiguous() for k, v in strip(load(checkpoint)["net"]).items()}
    save_file(weights, out / "model.safetensors", metadata={"format": "pt"})
    tokenizer.save(str(out / "tokenizer.json"))
    config = complete(tokenizer)
    ends = config["text_config"].pop("eos_token_id")
    files = {
        "config.json": config,
        "generation_config.json": {"do_sample": True, "temperature": 0.6, "top_p": 0.9, "eos_token_id": ends, "pad_token_id": ends[0], "use_cache": True},
        "preprocessor_config.json": {**PIXELS, "image_processor_type": "Glm4vImageProcessor", "size": {"shortest_edge": SHORTEST, "longest_edge": IMAGE_AREA}},
        "video_preprocessor_config.json": {**PIXELS, "video_processor_type": "Glm4vVideoProcessor", "size": {"shortest_edge": SHORTEST, "longest_edge": VIDEO_AREA}, "fps": 2, "max_duration": 300},
        "tokenizer_config.json": settings(tokenizer),
    }
    for name, value in files.items():
        (out / name).write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n")
    (out / "chat_template.jinja").write_text(TEMPLATE)
    print(out, sum(v.numel() for v in weights.values()), "parameters", (out / "model.safetensors").stat().st_size, "bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
