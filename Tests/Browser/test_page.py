"""What people do with the page, before a double that says what the test wants."""

import base64
import re
import subprocess

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from films import FALLS, LEAVES


def moment(seconds, text=None):
    return f'<button type="button" class="moment" data-seconds="{seconds}">{text or f"{seconds}s"}</button>'


def answers(double, *steps):
    double.answer = lambda question: steps


THOUGHT = ("thinking", "Let me look.", "<p>Let me look.</p>")


# Video


def test_a_sample_is_tried_with_one_click(page):
    page.start()
    times = page.texts("#strip span")
    assert len(times) == 10 and times[0] == "0 s" and times[-1] == "4.96 s"
    assert page.text("#media-name") == FALLS.name
    assert page.text("#media-facts") == "5 s · 640 × 360"
    assert page.text("#strip [aria-current=true]") == "0 s"
    assert "10 frames · 299 tokens each · 3,110 of 4,096 tokens in all" in page.text("#preparation")
    assert page.script("return document.querySelector('#strip img').naturalWidth") == 640


def test_a_chosen_file_is_uploaded(page):
    page.open().upload(FALLS)
    page.wait_text("#preparation", "Ready")
    assert page.text("#media-name") == FALLS.name


def test_a_picture_has_no_controls(page, tmp_path, double):
    page.start()
    picture = tmp_path / "still.png"
    picture.write_bytes(next(iter(double.pictures.values())))
    page.open().upload(picture)
    page.wait_text("#media-name", "still.png")
    assert page.one("#stage img").get_attribute("alt") == "still.png"
    assert not page.shown("#controls")
    assert page.text("#media-facts") == "640 × 360"


def test_a_format_that_the_browser_does_not_play_is_shown_as_its_frames(page, tmp_path, double):
    film = tmp_path / "film.avi"
    subprocess.run(["ffmpeg", "-v", "error", "-i", FALLS, "-c:v", "mjpeg", film], check=True)
    page.open().upload(film)
    page.wait_text("#media-facts", "shown as its frames: this browser does not play the format")
    page.wait_text("#preparation", "Ready")
    page.wait(lambda: page.script("return document.querySelector('#stage img').naturalWidth") == 640, "the first frame")
    assert not page.shown("#controls")
    answers(double, ("answering", "x", f"<p>At {moment(2.3)}.</p>"))
    page.asked("When?")
    page.click(".answer .moment")
    page.wait(lambda: page.text("#strip [aria-current=true]") == "2.2 s", "the nearest frame")
    assert page.one("#stage img").get_attribute("src") == page.all("#strip img")[4].get_attribute("src")


def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(page):
    page.expected_errors = True
    page.open().upload(__file__)
    page.wait_text("#notices [role=alert]", "This file is no video and no picture that can be read.")
    assert page.shown("#welcome")


def test_an_upload_shows_its_progress_and_can_be_cancelled(page, tmp_path, browser):
    page.expected_errors = True
    large = tmp_path / "large.mp4"
    large.write_bytes(bytes(3_000_000))
    page.open()
    browser.execute_cdp_cmd("Network.enable", {})
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 400_000}
    browser.execute_cdp_cmd("Network.emulateNetworkConditions", slow)
    try:
        page.upload(large)
        page.wait(lambda: re.search(r"[1-9].* of 3 MB", page.text("#upload-note")), "progress")
        assert page.text("#upload-name") == "large.mp4"
        page.click("#upload-cancel")
        page.wait(lambda: not page.shown("#upload"), "the end of the upload")
    finally:
        browser.execute_cdp_cmd("Network.emulateNetworkConditions", slow | {"uploadThroughput": -1})
    assert page.shown("#welcome") and not page.shown("#notices .problem")


@pytest.mark.parametrize("event", ["drop", "paste"])
def test_files_come_by_drop_and_paste(page, event):
    page.open()
    give(page, event)
    page.wait_text("#media-name", "given.mp4")


def give(page, event):
    page.script(
        """
        const bytes = Uint8Array.from(atob(arguments[0]), (c) => c.charCodeAt(0));
        const data = new DataTransfer();
        data.items.add(new File([bytes], "given.mp4", {type: "video/mp4"}));
        const made = arguments[1] === "drop"
          ? new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true})
          : new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
        document.body.dispatchEvent(made);
        """,
        base64.b64encode(FALLS.read_bytes()).decode(),
        event,
    )


def test_a_second_video_is_added(page):
    page.media(prefers_reduced_motion="reduce")  # The strip then jumps to what is clicked instead of gliding.
    page.start()
    page.click("#add")
    page.upload(LEAVES)
    page.wait(lambda: len(page.all("#strip button")) == 20, "frames of both")
    page.all("#strip button")[15].click()
    assert page.text("#media-name") == LEAVES.name
    assert page.text("#media-facts").endswith("2 of 2")


def test_a_choice_that_was_cancelled_is_forgotten(page, double):
    page.start()
    first = page.conversation
    page.click("#add")
    page.script("document.querySelector('#file').dispatchEvent(new Event('cancel'))")
    page.upload(LEAVES)
    page.wait(lambda: page.conversation not in ("", first), "a conversation of its own")
    assert len(double.conversations[first]["media"]) == 1


def test_nothing_is_taken_under_a_dialog(page, double):
    page.open().click("#open-past")
    give(page, "drop")
    page.press(Keys.ESCAPE)
    give(page, "drop")
    page.wait_text("#media-name", "given.mp4")
    assert len(double.media) == 1


def test_an_upload_asks_for_the_key_that_it_lacks(page, double, browser):
    page.expected_errors = True
    page.open()
    double.key = "open-sesame"
    page.upload(FALLS)
    page.type("#key-input", "open-sesame", Keys.ENTER)
    page.wait_text("#media-name", FALLS.name)


def test_the_key_is_asked_for_above_an_upload_that_came_later(page, double):
    page.expected_errors = True
    page.open()
    page.wait(lambda: page.all("#sample-list button"), "samples")
    double.key = "open-sesame"
    page.script("document.dispatchEvent(new Event('visibilitychange'))")
    page.one("#key-input")
    page.upload(FALLS)
    page.one("#upload")
    page.type("#key-input", "open-sesame", Keys.ENTER)
    page.wait_text("#media-name", FALLS.name)


def test_a_video_that_comes_before_the_options_waits_for_them(page, double):
    page.expected_errors = True
    double.key = "open-sesame"
    page.browser.get(page.url)
    page.one("#key-input")
    page.upload(FALLS)
    page.type("#key-input", "open-sesame", Keys.ENTER)
    page.wait_text("#media-name", FALLS.name)


def test_frames_seek_and_the_player_points_to_its_frame(page):
    page.start()
    page.all("#strip button")[4].click()
    page.wait(lambda: 2.2 <= page.seconds() < 2.24, "the frame at 2.2 s")
    page.wait(lambda: page.text("#strip [aria-current=true]") == "2.2 s", "the frame to be pointed out")
    assert page.text("#now") == "2.2 s / 5 s"
    page.click("#play")
    page.wait(lambda: page.seconds() > 2.6, "the video to play")
    page.click("#play")
    page.wait(lambda: page.text("#strip [aria-current=true]") != "2.2 s", "another frame to be pointed out")


def test_rounded_times_show_the_frame_that_is_meant(page, double, tmp_path):
    """At 30 frames a second most times are no hundredths: 0.33 s is before the frame at a third of a second."""
    film = tmp_path / "thirty.mp4"
    subprocess.run(["ffmpeg", "-v", "error", "-i", FALLS, "-vf", "fps=30", "-movflags", "faststart", film], check=True)
    page.open().upload(film)
    page.wait_text("#preparation", "Ready")
    frames = next(iter(double.conversations.values()))["preparation"]["frames"]
    assert any(frame["time"] < frame["index"] / 30 for frame in frames)
    page.media(prefers_reduced_motion="reduce")
    for frame, button in zip(frames, page.all("#strip button")):
        button.click()
        page.wait(lambda: frame["index"] / 30 <= page.seconds() < (frame["index"] + 1) / 30, f"frame {frame['index']}")


# Question and reply


def test_a_reply_thinks_and_then_answers(page, double):
    table = "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>"
    answers(double, THOUGHT, THOUGHT, ("answering", "It **falls**.", f"<p>It <strong>falls</strong>.</p>{table}"))
    page.start()
    double.pause = 0.6
    page.ask("What happens?")
    assert page.wait(lambda: page.text(".question .said")) == "What happens?"
    page.wait_text(".thought summary", "Thinking")
    page.wait_text(".thought .text", "Let me look.")
    page.wait(lambda: not page.busy(), "the end")
    assert re.fullmatch(r"Thought for [0-9.]+ s", page.text(".thought summary"))
    assert not page.shown(".thought .text")
    assert page.one(".answer strong").text == "falls" and page.one(".answer td").text == "b"
    assert re.search(r"tokens/s · first after 0.31 s · 3,110 in \(3,090 remembered\) · 3 out", page.text(".figures"))
    page.click(".thought summary")
    assert page.shown(".thought .text")


def test_the_raw_tab_has_the_exact_text_and_copies_it(page, double):
    exact = "<think>\n a  b</think><answer>1 < 2 & *x*\n"
    answers(double, ("answering", exact, "<p>rendered</p>"))
    page.start().asked("?")
    page.script("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
    page.click(".foot .actions > button")
    assert page.script("return window.copied") == exact
    page.all("[role=tab]")[1].click()
    assert page.script("return document.querySelector('.raw').textContent") == exact
    assert not page.shown(".answer")
    page.wait_text(".foot", "Copy raw")


def test_a_time_seeks_the_player(page, double):
    answers(double, THOUGHT, ("answering", "x", f"<p>At {moment(1.5)}, and at {moment(3, 'at 3 seconds')}.</p>"))
    page.start().asked("When?")
    page.click(".answer .moment:nth-of-type(2)")
    page.wait(lambda: 3 <= page.seconds() < 3.05, "3 s")
    page.click(".answer .moment")
    page.wait(lambda: 1.5 <= page.seconds() < 1.55, "1.5 s")


def test_boxes_are_drawn_over_the_frame_that_they_speak_of(page, double):
    page.start()
    frame = next(iter(double.conversations.values()))["preparation"]["frames"][4]
    place = {"left": 100, "top": 200, "right": 300, "bottom": 600}
    box = place | {"mediaId": frame["mediaId"], "frameIndex": frame["index"], "frameTime": frame["time"]}
    answers(double, ("answering", "x", "<p>There.</p>", [box]))
    page.asked("Where?")
    page.wait(lambda: 2.2 <= page.seconds() < 2.24, "the frame of the box")
    layer, drawn = page.one("#stage .boxes").rect, page.one("#stage .boxes rect").rect
    assert drawn["x"] - layer["x"] == pytest.approx(0.1 * layer["width"], abs=4)
    assert drawn["height"] == pytest.approx(0.4 * layer["height"], abs=8)
    assert page.one(".shown button").get_attribute("aria-label") == "Show 1 box at 2.2 s"
    page.all("#strip button")[0].click()
    page.wait(lambda: not page.all("#stage .boxes rect"), "no box on another frame")
    page.click(".shown button")
    page.wait(lambda: page.all("#stage .boxes rect"), "the box again")


def test_stop_keeps_what_was_said(page, double):
    answers(double, *[("answering", f"{i} ", f"<p>{i}</p>") for i in range(100)])
    page.start()
    double.pause = 0.2
    page.ask("Count.")
    page.wait_text(".answer", "2")
    page.click("#stop")
    page.wait_text(".reply .state", "You stopped this reply.")
    assert page.shown("#send") and not page.shown("#stop")
    assert page.text(".answer") != ""


def test_follow_ups_edits_and_regenerating(page, double):
    double.answer = lambda question: [("answering", question, f"<p>To {question}</p>")]
    page.start().asked("One")
    page.asked("Two")
    page.wait(lambda: page.texts(".said") == ["One", "Two"], "both questions")
    page.wait(lambda: page.texts(".answer") == ["To One", "To Two"], "both answers")
    assert [b.is_displayed() for b in page.all(".foot .actions > button:last-child")] == [False, True]
    page.all(".foot .actions > button:last-child")[1].click()
    page.wait(lambda: sum("regenerate" in path for _, path in double.requests) == 1 and not page.busy(), "another reply")
    assert page.texts(".said") == ["One", "Two"]
    page.all(".question button")[0].click()
    box = page.one("#question")
    assert box.get_attribute("value") == "One"
    box.send_keys(" again", Keys.ENTER)
    page.wait(lambda: page.texts(".answer") == ["To One again"], "the edited question alone")


def test_enter_asks_and_shift_enter_makes_a_new_line(page, double):
    page.start()
    page.one("#question").send_keys("a", Keys.SHIFT + Keys.ENTER + Keys.NULL, "b")
    assert page.one("#question").get_attribute("value") == "a\nb"
    assert not page.all(".said")
    page.one("#question").send_keys(Keys.ENTER)
    page.wait_text(".said", "a\nb")


def test_an_example_question_is_asked_with_one_click(page):
    page.start()
    page.click("#example-list button")
    page.wait_text(".said", "What happens?")
    page.wait(lambda: not page.shown("#examples"), "the examples to go")


def test_a_refused_question_comes_back_into_the_box(page, double):
    page.expected_errors = True
    page.start()
    double.ask = lambda *_: (_ for _ in ()).throw(KeyError())
    page.ask("Lost?")
    page.wait_text("#notices [role=alert]", "There is no such thing. (request 0000002a)")
    assert page.one("#question").get_attribute("value") == "Lost?"


# Being away


def test_a_reload_picks_up_a_running_reply(page, double, browser):
    answers(double, THOUGHT, *[("answering", f"{i} ", f"<p>up to {i}</p>") for i in range(30)])
    page.start()
    double.pause = 0.1
    page.ask("Count.")
    page.wait_text(".answer", "up to 3")
    browser.refresh()
    page.wait_text(".answer", "up to 1")
    assert page.busy() and page.shown("#stop")
    page.wait_text(".answer", "up to 29")


def test_a_lost_line_is_told_and_taken_up_again(page, double):
    page.expected_errors = True
    page.start()
    double.refuse_connections(True)
    page.wait_text("#notices", "The server does not answer")
    double.refuse_connections(False)
    page.wait(lambda: not page.shown("#notices *"), "the line to come back")
    page.asked("Still there?")
    assert page.text(".answer") == "A circle."


def test_a_tab_that_nobody_sees_lets_its_line_go(page, double):
    page.start()
    readers = double.readers[page.conversation]
    look = "Object.defineProperty(document, 'hidden', {value: arguments[0], configurable: true}); document.dispatchEvent(new Event('visibilitychange'))"
    page.script(look, True)
    # A line that is closed is noticed by writing to it.
    page.wait(lambda: double.tell(double.conversations[page.conversation], "stats", {}) or readers == [], "nobody to read")
    page.script(look, False)
    page.wait(lambda: len(readers) == 1, "somebody to read again")
    page.asked("Still there?")
    assert page.text(".answer") == "A circle."


def test_a_deleted_conversation_leads_back_to_the_welcome(page, double):
    page.expected_errors = True
    page.open("#" + "0" * 32)
    page.wait_text("#notices", "no longer there")
    assert page.shown("#welcome")


# States of the server


def test_a_loading_model_is_shown_and_waited_for(page, double):
    double.status["model"] |= {"state": "loading", "contextLength": None, "inputLimit": None}
    page.start()
    assert page.text("#model-name") == "Loading the model"
    page.wait_text("#notices", "The model is loading")
    page.one("#question").send_keys("x")
    assert not page.one("#send").is_enabled()
    double.status["model"] |= {"state": "ready", "contextLength": 8192, "inputLimit": 4096}
    page.wait_text("#model-name", "shapes")
    page.wait(lambda: page.one("#send").is_enabled(), "questions to be possible")
    assert not page.shown("#notices *")


def test_a_thought_without_an_answer_is_said_to_be_one(page, double):
    answers(double, THOUGHT)
    page.start().asked("?")
    page.wait_text(".reply .state", "The model ended without an answer.")


def test_the_demonstration_says_that_it_is_one(page, double):
    page.open()
    page.wait_text("#demonstration", "it knows coloured shapes that move")
    page.click("#get-real")
    page.wait_text("#about", "Download zai-org/GLM-4.1V-9B-Thinking")
    double.status["model"]["isDemonstration"] = False
    page.open()
    assert not page.shown("#demonstration")


def test_a_model_that_cannot_be_loaded_says_why(page, double):
    double.status["model"] |= {"state": "failed", "error": "The weights are cut off.", "name": ""}
    page.open()
    page.wait_text("#notices [role=alert]", "The weights are cut off.")
    page.click("#model")
    page.wait_text("#about", "Download zai-org/GLM-4.1V-9B-Thinking")


def test_the_model_says_what_it_can_do_and_how_to_get_the_real_one(page):
    page.open().click("#model")
    for words in ("it knows coloured shapes that move", "8,192 tokens", "up to 4,096 tokens", "glimpse serve --model DIR"):
        page.wait_text("#about", words)


def test_the_place_in_the_queue_is_shown(page, double):
    page.start()
    double.generate = lambda conversation, reply, text: double.tell(conversation, "message", reply | {"status": "queued", "stage": None, "queuePosition": 3})
    page.ask("?")
    page.wait_text(".reply .state", "Waiting in line, 2 before you")
    conversation = double.conversations[page.conversation]
    progress = {"id": conversation["messages"][-1]["id"], "status": "running", "stage": "prefill", "queuePosition": None, "done": 256, "total": 3110}
    double.tell(conversation, "progress", progress)
    page.wait_text(".reply .state", "Reading, 256 of 3,110 tokens")


def test_a_failed_reply_says_why_and_can_be_made_again(page, double):
    page.start()
    generate = double.generate
    failed = {"status": "failed", "stage": None, "error": {"code": "context_exceeded", "message": "The conversation is too long."}}
    double.generate = lambda conversation, reply, text: double.tell(conversation, "message", reply | failed)
    page.ask("?")
    page.wait_text(".reply .state", "The conversation is too long.")
    double.generate = generate
    page.click(".foot .actions > button:last-child")
    page.wait_text(".answer", "A circle.")


def test_a_key_is_asked_for(page, double):
    page.expected_errors = True
    double.key = "open-sesame"
    page.browser.get(page.url)
    page.type("#key-input", "wrong", Keys.ENTER)
    page.wait_text("#key-problem", "That is not the key.")
    page.type("#key-input", "open-sesame", Keys.ENTER)
    page.wait(lambda: not page.shown("#key"), "the key to be taken")
    page.wait(lambda: page.all("#sample-list button"), "samples")


# Options


def test_the_sliders_are_the_originals(page):
    page.start().click(".options summary")
    found = []
    for slider in page.all(".options .slider"):
        box = slider.find_element(By.CSS_SELECTOR, "input[type=number]")
        found.append((slider.find_element(By.TAG_NAME, "label").text, *[float(box.get_attribute(name)) for name in ("min", "max", "step", "value")]))
    assert found == [
        ("Max new tokens", 1, 3072, 1, 2048),
        ("Temperature", 0.1, 4, 0.1, 0.6),
        ("Top-p (nucleus sampling)", 0.05, 1, 0.05, 0.9),
        ("Top-k", 1, 1000, 1, 50),
        ("Repetition penalty", 1, 2, 0.05, 1.2),
    ]


def test_options_are_sent_kept_and_reset(page, double, browser):
    page.start()
    settings = lambda: double.conversations[page.conversation]["settings"]
    page.click(".options summary")
    change(page, "option-topK", "2000")
    change(page, "option-fps", "2")
    page.wait(lambda: settings()["topK"] == 1000 and settings()["fps"] == 2, "the server to know")
    assert settings()["frames"] is None and page.one("#option-frames").get_attribute("value") == ""
    browser.refresh()
    page.wait_text("#preparation", "Ready")
    page.click(".options summary")
    assert page.one("#option-topK").get_attribute("value") == "1000"
    page.click(".options .foot button")
    page.wait(lambda: settings()["topK"] == 50 and settings()["frames"] == 10, "the defaults")


def test_other_frames_are_prepared_anew(page):
    page.start().click(".options summary")
    change(page, "option-frames", "4")
    page.wait(lambda: len(page.all("#strip button")) == 4, "four frames")


def change(page, identity, text):
    box = page.one(f"#{identity}")
    box.clear()
    box.send_keys(text, Keys.TAB)


# History


def test_history_is_searched_renamed_opened_and_deleted(page, double):
    page.start().asked("What falls?")
    first = page.conversation
    page.start(0).asked("What stays?")
    titles = lambda: page.texts("#past-list .title")
    page.click("#open-past")
    page.wait(lambda: titles() == ["What stays?", "What falls?"], "both, the newest first")
    page.one("#past-search").send_keys("falls")
    page.wait(lambda: titles() == ["What falls?"], "the one with the word")
    page.click("#past-list [aria-label^=Rename]")
    page.one("#past-list input").send_keys("The square", Keys.ENTER)
    page.wait(lambda: titles() == ["The square"], "the new title")
    assert double.conversations[first]["title"] == "The square"
    page.click("#past-list .open")
    page.wait(lambda: page.conversation == first and page.text(".said") == "What falls?", "the first to be open")
    page.click("#open-past")
    page.click("#past-list [aria-label='Delete The square']")
    page.wait_text("#past-list", "Delete it, with its files?")
    page.click("#past-list .danger")
    page.wait(lambda: titles() == ["What stays?"], "one to be left")
    assert first not in double.conversations
    assert page.script("return document.activeElement.id") == "past-search"
    page.click("#past header button")
    assert page.shown("#welcome")


def test_a_conversation_without_a_question_has_the_name_of_its_film(page, double):
    page.start()
    double.conversations[page.conversation]["title"] = ""
    page.click("#open-past")
    page.wait(lambda: page.texts("#past-list .title") == [FALLS.name], "the film's name")
    page.press(Keys.ESCAPE)
    page.click("#new")
    assert page.script("return document.activeElement.id") == "choose"


def test_subtitles_are_offered_once_there_are_times(page):
    page.start().asked("?")
    page.click("#open-export")
    assert page.shown("#export-md") and page.shown("#no-moments") and not page.shown("#export-srt")


def test_export_is_offered_in_four_formats(page, double, downloads):
    answers(double, ("answering", "x", f"<p>At {moment(1.5)}.</p>"))
    page.start().asked("?")
    page.click("#open-export")
    for kind in ("md", "json", "srt", "vtt"):
        if not page.shown("#export"):
            page.click("#open-export")
        page.click(f"#export-{kind}")
        page.wait(lambda: (downloads / f"conversation.{kind}").exists(), f"the download of .{kind}")
        (downloads / f"conversation.{kind}").unlink()
