"""The page's pure functions, called in the browser that runs them."""

import json

import pytest

from double import OPTIONS, SETTINGS


@pytest.fixture
def module(page):
    page.open()
    return page.module


def test_times_read_as_people_say_them(module):
    values = "[0, 0.1, 1.32, 59.99, 60, 65.25, 119.97, 3599.9, 3600].map(m.time)"
    assert module("format.js", values) == ["0 s", "0.1 s", "1.32 s", "59.99 s", "1:00", "1:05.3", "2:00", "59:59.9", "60:00"]


def test_durations_get_shorter_as_they_get_longer(module):
    assert module("format.js", "[0.0041, 0.314, 1.25, 9.96, 75, 150].map(m.duration)") == ["4 ms", "0.31 s", "1.3 s", "10 s", "75 s", "3 min"]


def test_sizes_have_units(module):
    assert module("format.js", "[0, 999, 1200, 183204, 2147483648].map(m.bytes)") == ["0 bytes", "999 bytes", "1.2 kB", "183 kB", "2.1 GB"]


def test_typed_numbers_are_moved_into_range_and_onto_steps(module):
    top_p = json.dumps({"min": 0.05, "max": 1, "step": 0.05})
    assert module("settings.js", f"['0.93', '7', '-1', '0.05', '', 'x', '1e999'].map((text) => m.fitted(text, {top_p}))") == [0.95, 1, 0.05, 0.05, None, None, None]
    assert module("settings.js", "m.fitted('2.5', {min: 0.001, max: 240})") == 2.5


def test_kept_settings_that_make_no_sense_are_dropped(page, module):
    strange = {"topK": 7, "topP": 9, "temperature": None, "frames": None, "fps": 2, "seed": "x", "layout": "diagonal", "system": 3, "gone": 1}
    page.script("localStorage.setItem('glimpse.settings', arguments[0])", json.dumps(strange))
    assert module("settings.js", f"m.kept({json.dumps(OPTIONS)})") == SETTINGS | {"topK": 7, "frames": None, "fps": 2}
    page.script("localStorage.setItem('glimpse.settings', '{')")
    assert module("settings.js", f"m.kept({json.dumps(OPTIONS)})") == SETTINGS


BOX = {"left": 1, "top": 2, "right": 3, "bottom": 4}


def test_boxes_of_one_frame_stay_together_and_those_of_none_are_left_out(module):
    boxes = [
        BOX | {"mediaId": "a", "frameIndex": 3, "frameTime": 0.1},
        BOX | {"mediaId": None, "frameIndex": None, "frameTime": None},
        BOX | {"mediaId": "b", "frameIndex": 3, "frameTime": 0.2},
        BOX | {"mediaId": "a", "frameIndex": 3, "frameTime": 0.1},
    ]
    groups = module("boxes.js", f"m.byFrame({json.dumps(boxes)})")
    assert [(group["mediaId"], group["frameTime"], len(group["boxes"])) for group in groups] == [("a", 0.1, 2), ("b", 0.2, 1)]


def test_a_conversation_follows_its_events(module):
    reply = {"id": "r", "role": "assistant", "status": "running", "stage": "thinking", "raw": "a", "thought": "a", "answer": ""}
    events = [
        ["snapshot", {"id": "c", "title": "", "messages": [], "preparation": {"state": "preparing", "frames": [1], "cost": 2, "done": 0}}],
        ["preparation", {"state": "preparing", "done": 1}],
        ["message", {"id": "q", "role": "user", "text": "?"}],
        ["message", reply],
        ["delta", {"id": "r", "stage": "answering", "raw": "bc", "thought": "b", "answer": "c"}],
        ["rendered", {"id": "r", "answerHtml": "<p>c</p>", "boxes": []}],
        ["removed", {"ids": ["q"]}],
        ["conversation", {"title": "?"}],
        ["something new", {"title": "!"}],
    ]
    last = module("changes.js", f"{json.dumps(events)}.reduce((c, [event, data]) => m.changed(c, event, data), null)")
    assert last["title"] == "?"
    assert last["preparation"] == {"state": "preparing", "frames": [1], "cost": 2, "done": 1}
    [only] = last["messages"]
    assert (only["raw"], only["thought"], only["answer"], only["answerHtml"], only["stage"]) == ("abc", "ab", "c", "<p>c</p>", "answering")


def test_an_event_changes_nothing_in_place(module):
    before = {"messages": [{"id": "r", "raw": "", "thought": "", "answer": ""}]}
    change = "(() => { const before = %s; m.changed(before, 'delta', {id: 'r', raw: 'x', thought: '', answer: 'x'}); return before; })()"
    assert module("changes.js", change % json.dumps(before)) == before


def test_blocks_that_stay_the_same_stay_in_the_page(module):
    answer = module(
        "markdown.js",
        "(() => { const box = document.createElement('div'); m.showHtml(box, '<p>one</p><p>tw</p>'); const [one, two] = box.children;"
        " m.showHtml(box, '<p>one</p><p>two</p><ul><li>x</li></ul>'); const grown = [box.children[0] === one, box.children[1] === two, box.innerHTML];"
        " m.showHtml(box, '<p>one</p>'); return [...grown, box.innerHTML]; })()",
    )
    assert answer == [True, False, "<p>one</p><p>two</p><ul><li>x</li></ul>", "<p>one</p>"]
