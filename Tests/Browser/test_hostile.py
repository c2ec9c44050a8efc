"""Replies made to break out of the page: no script runs, and nothing is asked for.

`hostile.json` has the texts. `Golden/hostile.json` has what the server's renderer makes of them while they stream in odd pieces;
`ServerTests` holds it to that. The double streams it here, all texts at once, each as a reply of its own: one round shows the next
piece of every text, and the next round waits until the page has shown it.
"""

import json
import pathlib

HERE = pathlib.Path(__file__).parent
TEXTS = json.loads((HERE / "hostile.json").read_text())


def test_there_are_enough():
    assert len(set(TEXTS)) >= 200


def test_rendered_texts_are_harmless(page, double):
    rendered = json.loads((HERE / "Golden/hostile.json").read_text())
    assert [case["text"] for case in rendered] == TEXTS
    longest = max(len(case["pieces"]) for case in rendered)
    rounds = [[case["pieces"][min(i, len(case["pieces"]) - 1)]["answerHtml"] for case in rendered] for i in range(longest)]
    show(page, double, rounds)
    elements = page.script("return [...new Set([...document.querySelectorAll('.answer *, .thought .text *')].map((e) => e.localName))]")
    assert not set(elements) & {"script", "img", "svg", "iframe", "style", "link", "meta", "base", "form", "object", "embed", "video", "audio"}
    schemes = page.script("return [...new Set([...document.querySelectorAll('.answer a')].map((a) => a.protocol))]")
    assert set(schemes) <= {"http:", "https:", "mailto:"}


def test_even_unrendered_texts_run_no_script_and_load_nothing(page, double):
    """The second wall, the page's policy: what if the server let everything through?"""
    page.expected_errors = True  # Chromium reports what the policy has blocked.
    # A policy cannot forbid a page to leave by itself: there the renderer is the only wall.
    show(page, double, [[text for text in TEXTS if "http-equiv=refresh" not in text]])
    assert page.all(".answer script") and page.all(".answer img"), "the texts did become elements"


def show(page, double, rounds):
    page.start()
    page.script("window.alert = window.confirm = window.prompt = () => { window.hit = 1; }")
    address = page.script("return location.href")
    conversation = double.conversations[page.conversation]
    double.generate = lambda *_: None
    replies = [double.reply(conversation, "") for _ in rounds[0]]
    mark = double.reply(conversation, "")
    for number, texts in enumerate(rounds):
        for reply, html in zip(replies, texts):
            double.tell(conversation, "rendered", {"id": reply["id"], "answerHtml": html, "thoughtHtml": html, "boxes": []})
        double.tell(conversation, "rendered", {"id": mark["id"], "answerHtml": f"<p>Round {number}.</p>", "boxes": []})
        page.wait_text("article.reply:last-child .answer", f"Round {number}.")
    page.script("for (const a of document.querySelectorAll('.answer a')) if (a.protocol === 'javascript:') a.click();")
    page.script("for (const e of document.querySelectorAll('.answer *')) e.dispatchEvent(new MouseEvent('mouseover', {bubbles: true}));")
    assert page.script("return [window.hit, location.href]") == [None, address]
