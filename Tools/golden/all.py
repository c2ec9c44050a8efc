"""Writes every golden file: `python Tools/golden/all.py`. Two runs on one machine give the same bytes."""

import chat
import checkpoints
import model
import resize
import sampling
import video_sampling

for family in (checkpoints, model, resize, chat, sampling, video_sampling):
    print(f"== {family.__name__}", flush=True)
    family.main()
