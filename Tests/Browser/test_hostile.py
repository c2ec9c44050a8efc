"""Replies made to break out of the page: no script runs, and nothing is asked for.

`hostile.json` has the texts. `Golden/hostile.json` has what the server's renderer makes of them while they stream in odd pieces;
`ServerTests` holds it to that. The double streams it here.
"""

import json
import pathlib

import pytest

HERE = pathlib.Path(__file__).parent
TEXTS = json.loads((HERE / "hostile.json").read_text())


def test_there_are_enough():
    assert len(TEXTS) >= 200


def test_rendered_texts_are_harmless(page, double):
    rendered = json.loads((HERE / "Golden/hostile.json").read_text())
    assert [case["text"] for case in rendered] == TEXTS
    steps = []
    for case in rendered:
        whole = "".join(f"<p>{i}</p>" for i in range(0))
        steps += [("answering", piece["answer"], whole + piece["answerHtml"]) for piece in case["pieces"]]
    stream(page, double, steps)


def test_even_unrendered_texts_run_no_script_and_load_nothing(page, double):
    """The second wall: what if the server let everything through?"""
    page.expected_errors = True  # Chromium reports what the policy has blocked.
    ways_out = ("http-equiv=refresh", "<base", "dns-prefetch")  # They leave the page or ask no one; the renderer is their only wall.
    stream(page, double, [("answering", text, text) for text in TEXTS if not any(way in text for way in ways_out)])


def stream(page, double, steps):
    page.start()
    page.script("window.alert = window.confirm = window.prompt = () => { window.hit = 1; }")
    address = page.script("return location.href")
    double.pause = 0
    double.answer = lambda question: steps
    page.asked("<img src=x onerror=window.hit=1>[x](javascript:window.hit=1)")
    page.script("for (const e of document.querySelectorAll('.answer a')) if (e.protocol === 'javascript:') e.click();")
    assert page.script("return [window.hit, location.href]") == [None, address]
    assert page.text(".said") == "<img src=x onerror=window.hit=1>[x](javascript:window.hit=1)"
