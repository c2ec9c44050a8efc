"""The page on a phone, by keyboard alone, for a screen reader, in light and dark, and without motion."""

import pytest
from selenium.webdriver.common.keys import Keys

from test_page import THOUGHT, answers, moment

ALL_BLOCKS = (
    f"<p>At {moment(1.5)}: <a href='https://example.org'>a link</a> and <code>code</code>.</p><h2>Heading</h2><ul><li>one</li></ul>"
    "<ol><li>two</li></ol><blockquote><p>quoted</p></blockquote><pre><code>a long line of code " + "x" * 300 + "</code></pre>"
    "<table><thead><tr>" + "<th>column</th>" * 12 + "</tr></thead><tbody><tr>" + "<td>value</td>" * 12 + "</tr></tbody></table>"
)


def replied(page, double):
    page.start()
    frame = next(iter(double.conversations.values()))["preparation"]["frames"][4]
    box = {"left": 100, "top": 200, "right": 300, "bottom": 600, "mediaId": frame["mediaId"], "frameIndex": frame["index"], "frameTime": frame["time"]}
    answers(double, THOUGHT, ("answering", "x", ALL_BLOCKS, [box]))
    page.asked("What happens in this video, and what does it all mean, in as many words as you like?")
    page.script("document.querySelector('.thought summary').scrollIntoView({block: 'center'})")
    page.click(".thought summary")


# Screen reader


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(page, double, scheme):
    page.media(prefers_color_scheme=scheme, prefers_reduced_motion="reduce")
    page.open()
    page.wait(lambda: page.all("#sample-list button"), "samples")
    assert page.violations() == []
    replied(page, double)
    page.click(".options summary")
    assert page.violations() == []
    page.all("[role=tab]")[1].click()
    page.click("#open-export")
    assert page.violations() == []
    page.press(Keys.ESCAPE)
    for opener, dialog in (("#open-past", "#past"), ("#model", "#about")):
        page.click(opener)
        page.one(f"{dialog}[open]")
        page.wait(lambda: dialog != "#past" or page.all("#past-list li"), "the history")
        assert page.violations() == []
        page.press(Keys.ESCAPE)
    page.script("document.querySelector('#notices').innerHTML = ''")


def test_every_control_has_a_name_and_every_part_is_a_landmark(page, double):
    replied(page, double)
    nameless = page.script(
        "return [...document.querySelectorAll('button, a, input, select, textarea, summary, video, img, [role=toolbar]')].filter((e) =>"
        " e.checkVisibility() && !(e.ariaLabel || e.innerText?.trim() || e.labels?.length || e.alt !== undefined)).map((e) => e.outerHTML)"
    )
    assert nameless == []
    landmarks = "return [...document.querySelectorAll('main section[aria-label], main, body > header')].map((e) => e.ariaLabel ?? e.tagName)"
    assert page.script(landmarks) == ["HEADER", "MAIN", "Video", "Conversation"]


def test_what_happens_is_said_politely(page, double):
    page.open()
    page.script(
        "window.said = []; const live = document.querySelector('#live');"
        "new MutationObserver(() => window.said.push(live.textContent)).observe(live, {childList: true, characterData: true, subtree: true});"
    )
    answers(double, THOUGHT, THOUGHT, ("answering", "A circle.", "<p>A circle.</p>"))
    page.wait(lambda: page.all("#sample-list button"), "samples")
    page.all("#sample-list button")[0].click()
    page.wait_text("#preparation", "Ready")
    double.pause = 0.15
    page.asked("?")
    page.wait(lambda: page.script("return window.said.length") >= 3, "three sentences")
    assert page.script("return window.said") == ["The video is ready. Ask a question.", "Thinking", "Answer: A circle."]


def test_waiting_and_failing_are_said_too(page, double):
    page.start()
    said = "return document.querySelector('#live').textContent"
    queued = {"status": "queued", "stage": None, "queuePosition": 2}
    double.generate = lambda conversation, reply, text: double.tell(conversation, "message", reply | queued)
    page.ask("?")
    page.wait(lambda: page.script(said) == "Waiting in line, 1 before you", "the place in line")
    conversation = double.conversations[page.conversation]
    reply = conversation["messages"][-1]
    double.tell(conversation, "message", reply | queued | {"queuePosition": 1})
    page.wait(lambda: page.script(said) == "Waiting in line, next", "the next place in line")
    error = {"code": "internal", "message": "The machine is on fire."}
    double.tell(conversation, "message", reply | {"status": "failed", "stage": None, "error": error})
    page.wait(lambda: page.script(said) == "The machine is on fire.", "the failure")
    double.tell(conversation, "preparation", conversation["preparation"] | {"state": "failed", "error": error | {"message": "No frames."}})
    page.wait(lambda: page.script(said) == "No frames.", "the failed preparation")


def test_nothing_sticks_out_sideways_on_a_wide_screen(page, double):
    replied(page, double)
    page.click(".options summary")
    wide = "return [...document.querySelectorAll('html, .seen, .flow')].map((e) => e.scrollWidth - e.clientWidth)"
    assert page.script(wide) == [0, 0, 0]
    edges = "const [inner, outer] = ['#add', '.seen'].map((s) => document.querySelector(s).getBoundingClientRect().right); return outer - inner"
    assert page.script(edges) >= 0


# Keyboard


def focus_is_visible(page):
    return page.script(
        "const e = document.activeElement, box = e.closest('.box') ?? e, style = getComputedStyle(box);"
        "return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2) || (box !== e && style.boxShadow !== 'none')"
    )


def tab_to(page, selector, most=40):
    """Presses Tab until the element has the focus, which is to be seen on the way."""
    for _ in range(most):
        page.press(Keys.TAB)
        assert focus_is_visible(page), page.script("return document.activeElement.outerHTML")
        if page.script("return document.activeElement.matches(arguments[0])", selector):
            return
    raise AssertionError(f"{selector} is not reached with {most} tabs")


def test_all_is_done_by_keyboard_alone(page, double):
    answers(double, THOUGHT, ("answering", "x", f"<p>At {moment(1.5)} it falls.</p>"))
    page.open()
    page.wait(lambda: page.all("#sample-list button"), "samples")
    tab_to(page, "#sample-list li:last-child button")
    page.press(Keys.ENTER)
    page.wait_text("#preparation", "Ready")
    assert page.script("return document.activeElement.id") == "question"
    page.press("What happens?", Keys.ENTER)
    page.wait(lambda: page.texts(".answer") and not page.busy(), "the answer")
    tab_to_backwards(page, ".answer .moment")
    page.press(Keys.ENTER)
    page.wait(lambda: 1.5 <= page.seconds() < 1.55, "1.5 s")
    tab_to_backwards(page, ".thought summary")
    page.press(Keys.ENTER)
    page.wait(lambda: page.shown(".thought .text"), "the thought")
    tab_to(page, "[role=tab]")
    page.press(Keys.ARROW_RIGHT)
    page.wait(lambda: page.shown(".raw"), "the raw text")
    tab_to_backwards(page, "#strip button")
    page.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ENTER)
    page.wait(lambda: 1.08 <= page.seconds() < 1.12, "the third frame")
    tab_to_backwards(page, "#open-past")
    page.press(Keys.ENTER)
    page.wait(lambda: page.shown("#past-list .open"), "the history")
    page.press(Keys.ESCAPE)
    page.wait(lambda: not page.shown("#past"), "the history to close")
    assert page.script("return document.activeElement.id") == "open-past"


def tab_to_backwards(page, selector, most=40):
    for _ in range(most):
        page.press(Keys.SHIFT + Keys.TAB + Keys.NULL)
        if page.script("return document.activeElement.matches(arguments[0])", selector):
            return
    raise AssertionError(f"{selector} is not reached with {most} tabs backwards")


def test_the_first_tab_leads_past_the_bar(page):
    page.open()
    page.press(Keys.TAB)
    assert page.script("return document.activeElement.id") == "skip"
    page.press(Keys.ENTER)
    assert page.script("return document.activeElement.id") == "choose"


# Phone


def overflow(page, width):
    """Against the device: a phone's browser makes its own window wider where the page is."""
    return page.script("return Math.max(innerWidth, document.documentElement.scrollWidth)") - width


def small_targets(page):
    """Controls under 40 pixels. Times stand in running text, where their area is enlarged without moving the lines."""
    return page.script(
        "return [...document.querySelectorAll('button, a, input, select, textarea, summary')].filter((e) => e.checkVisibility()"
        " && !e.matches('.moment, .answer a, .skip')).map((e) => [e.getBoundingClientRect(), e]).filter(([r, e]) => r.width < 40 || r.height < 40)"
        ".map(([r, e]) => `${Math.round(r.width)}x${Math.round(r.height)} ${e.outerHTML.slice(0, 80)}`)"
    )


@pytest.mark.parametrize("width", [320, 390])
def test_a_phone_needs_no_sideways_scrolling_and_no_thin_fingers(page, double, width):
    page.phone(width)
    page.open()
    page.wait(lambda: page.all("#sample-list button"), "samples")
    assert overflow(page, width) == 0 and small_targets(page) == []
    replied(page, double)
    page.click(".options summary")
    assert overflow(page, width) == 0 and small_targets(page) == []
    page.click("#open-past")
    page.wait(lambda: page.all("#past-list li"), "the history")
    assert overflow(page, width) == 0 and small_targets(page) == []


def test_on_a_phone_the_video_stays_in_sight(page, double):
    page.phone()
    replied(page, double)
    page.script("document.querySelector('.answer .moment').scrollIntoView({block: 'center'})")
    page.click(".answer .moment")
    page.wait(lambda: 1.5 <= page.seconds() < 1.55, "1.5 s")
    stage = page.script("const r = document.querySelector('#stage').getBoundingClientRect(); return [r.top, r.bottom, innerHeight]")
    assert stage[0] >= 0 and stage[1] < stage[2]


# Motion


def test_nothing_moves_for_those_who_ask_for_that(page, double):
    page.media(prefers_reduced_motion="reduce")
    page.start()
    double.pause = 0.5
    page.ask("?")
    page.wait_text(".thought summary", "Thinking")
    assert page.script("return document.getAnimations().length") == 0
