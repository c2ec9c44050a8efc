"""`chat.json`: conversations, what the chat template of Tools/golden/words renders, and the ids the tokenizer gives.

Placeholders are not expanded here: an image is one `<|image|>`, a video one `<|video|>`.
"""

from common import GLM, WORDS, VERSIONS, write_json
from transformers import AutoProcessor

SYSTEM = {"role": "system", "content": "You are a helpful assistant."}
IMAGE, VIDEO = {"type": "image"}, {"type": "video"}

TEXTS = [
    "What happens?",
    "",
    " ",
    "  two  spaces   three    and a tab\tand\t\ttwo ",
    "one\ntwo\n\nthree\r\nfour\r\r\n five\n ",
    "I'll say it's they'RE we've don't CAN'T 'S",
    "1 12 123 1234 12345678 3.14 1,000,000 0x1F 10:02:59 ½ ²",
    "Größe, naïve façade, coöperate — “quotes” … ‚x‘",
    "这是什么?圆形从左边移动到右边。",
    "これは何ですか。カタカナ ひらがな",
    "무엇이 움직입니까?",
    "Что происходит на видео? Ёлка",
    "ما الذي يحدث؟ ١٢٣",
    "मुझे बताओ क्या हो रहा है।",
    "ไทยไม่มีช่องว่าง",
    "emoji 😀👍🏽 👩‍👩‍👧 🇩🇪 ✈️",
    "e\u0301 and é, \u00a0nbsp\u2003em\u200bzero\u2028line",
    "<think>not a thought</think> <answer> <|begin_of_box|>[[1,2,3,4]]<|end_of_box|>",
    "a<b>c</b> && || == != -> { } [ ] ( ) ;; ::: ###!!!???",
    "a" * 200,
    "Ġ Ċ ŀ Ŀ ą the literal byte letters",
]


def text(value: str) -> dict:
    return {"type": "text", "text": value}


def user(*parts) -> dict:
    return {"role": "user", "content": list(parts)}


def assistant(value: str) -> dict:
    return {"role": "assistant", "content": value}


def conversations() -> list[list[dict]]:
    frames = [part for time in ("0.0", "1.1", "9.97") for part in (text(f"Frame {time}:"), IMAGE)]
    return [
        *([user(text(value))] for value in TEXTS),
        [SYSTEM, user(text("What happens?"))],
        [{"role": "system", "content": ""}, user(text("An empty system message is still a turn."))],
        [{"role": "system", "content": "Zeile 1\nZeile 2 – 你好"}, user(text("Hi"))],
        [SYSTEM, {"role": "user", "content": "A plain string instead of parts"}],
        [user(IMAGE)],
        [user(IMAGE, text("What is this?"))],
        [user(text("What is this? "), IMAGE, text(" And this?"), IMAGE, IMAGE)],
        [SYSTEM, user(text("What happens?"), *frames)],
        [SYSTEM, user(*frames, text("What happens?"))],
        [user(text("adj"), text("acent"), text(" texts"), text(" join"), text("ed"))],
        [user(VIDEO, text("What happens?"))],
        [SYSTEM, user(VIDEO, text("Before."), VIDEO, text("After."))],
        [SYSTEM, user(VIDEO, text("What?")), assistant("\n<answer>A circle.</answer>"), user(text("Which colour?"))],
        [
            SYSTEM, user(IMAGE, text("One?")), assistant("Yes."), user(IMAGE, text("Two?")), assistant("\nNo.\n"),
            user(text("三?\n")),
        ],
        [user(text("Hi")), assistant("<think>a thought that was kept</think><answer>Hello</answer>"), user(text("Bye"))],
    ]


def main() -> None:
    processor = AutoProcessor.from_pretrained(WORDS)
    cases = []
    for messages in conversations():
        rendered = processor.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
        ids = processor.tokenizer(rendered, add_special_tokens=False)["input_ids"]
        cases.append({"messages": messages, "text": rendered, "ids": ids})
    write_json(GLM / "chat.json", VERSIONS, {"cases": cases})


if __name__ == "__main__":
    main()
