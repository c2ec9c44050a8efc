"""The page, the real server and the bundled model together. What the model says is not judged here, only that it comes."""

import json
import pathlib
import signal
import subprocess

from selenium.webdriver.common.keys import Keys

from films import FALLS
from server import Server
from test_hostile import TEXTS
from test_page import change
from watch import watched

ROOT = pathlib.Path(__file__).resolve().parents[2]
SAMPLE = min((ROOT / "Models/shapes/samples").glob("*.mp4"))
"""What the bundled model knows. The tests that do not want to hear of it upload a film of their own."""


def ready(page, film=FALLS):
    page.open().upload(film)
    page.wait_text("#preparation", "Ready")


def slow_question(page):
    """A question that takes its time: a hundred frames that nobody has prepared."""
    if not page.shown("#option-frames"):
        page.click(".options summary")
    page.one("#option-layout").send_keys("Question first")
    change(page, "option-frames", "100")
    page.wait(lambda: len(page.all("#strip button")) == 100, "a hundred frames", 60)
    page.ask("What happens?")
    page.wait(lambda: page.busy(), "the reply to begin")


def test_upload_ask_seek_and_follow_up(live):
    ready(live, SAMPLE)
    assert len(live.texts("#strip span")) == 10
    assert live.script("return [...document.querySelectorAll('#strip img')].every((img) => img.loading === 'lazy')")
    live.wait(lambda: live.script("return document.querySelector('#strip img').naturalWidth") > 0, "the first frame")
    assert "10 frames" in live.text("#preparation") and "tokens in all" in live.text("#preparation")
    change_temperature(live)
    live.asked("What happens in the video?")
    assert live.text(".answer") != "" and live.text(".thought summary").startswith("Thought")
    assert "tokens/s" in live.text(".figures")
    live.click(".thought summary")
    time = live.one(".moment")
    time.click()
    seconds = float(time.get_attribute("data-seconds"))
    live.wait(lambda: seconds <= live.seconds() < seconds + 0.05, "the time to be shown")
    live.asked("What colour is it?")
    assert len(live.texts(".answer")) == 2


def change_temperature(page):
    """The likeliest tokens, so that the bundled model does say something."""
    page.script("document.querySelector('.options').open = true")
    change(page, "option-temperature", "0.1")
    page.script("document.querySelector('.options').open = false")


def test_a_sample_and_an_example_question(live):
    live.start()
    live.click("#example-list button")
    live.wait(lambda: live.texts("article.reply") and not live.busy(), "a reply")
    assert live.text(".said") != ""


def test_a_webcam_recording_is_asked_about(live):
    live.open().click("#record")
    live.wait(lambda: live.script("return document.querySelector('#camera-preview').videoWidth") > 0, "the camera")
    live.wait_text("#camera-note", "Nothing is recorded yet.")
    live.click("#camera-record")
    live.wait_text("#camera-note", "Recording, 2")
    live.click("#camera-record")
    live.wait_text("#media-name", "Recording 20")
    live.wait_text("#preparation", "Ready")
    assert len(live.all("#strip button")) == 10
    live.click("#play")
    live.wait(lambda: live.seconds() > 0.3, "the recording to play")


def test_a_file_that_is_no_video_is_refused_with_a_sentence(live):
    live.expected_errors = True
    live.open().upload(__file__)
    live.wait(lambda: len(live.text("#notices [role=alert] span")) > 20, "a sentence")
    assert live.shown("#welcome")


def test_a_reload_in_the_middle_of_a_reply_loses_nothing(live):
    ready(live)
    slow_question(live)
    live.browser.refresh()
    live.wait(lambda: live.texts(".said") == ["What happens?"] and live.busy(), "the running reply")
    assert live.shown("#stop")
    live.wait(lambda: not live.busy(), "its end", 90)
    assert live.text(".reply .state") == "" or "interrupted" not in live.text(".reply .state")


def test_stop_frees_the_machine(live):
    ready(live)
    slow_question(live)
    live.click("#stop")
    live.wait_text(".reply .state", "You stopped this reply.")
    change(live, "option-frames", "4")
    live.wait(lambda: len(live.all("#strip button")) == 4, "four frames")
    live.asked("And now?")
    assert len(live.texts("article.reply")) == 2


def test_history_outlives_the_server(live, server):
    ready(live)
    live.asked("What happens?")
    said = live.texts(".said") + live.texts(".answer")
    live.expected_errors = True  # Chromium reports that the server is away.
    assert server.stop(signal.SIGTERM) == 0
    live.wait_text("#notices", "The server does not answer")
    server.start()
    live.wait(lambda: not live.shown("#notices *"), "the server to be back")
    live.wait_text("#preparation", "Ready")
    live.open()
    live.click("#open-past")
    live.wait(lambda: live.texts("#past-list .title") == ["What happens?"], "the conversation")
    live.click("#past-list .open")
    live.wait(lambda: live.texts(".said") + live.texts(".answer") == said, "all that was said")
    live.wait_text("#preparation", "Ready")
    live.click("#open-past")
    live.click("#past-list [aria-label^=Delete]")
    live.click("#past-list .danger")
    live.wait(lambda: not live.all("#past-list li"), "nothing to be left")
    assert not any(FALLS.read_bytes() == file.read_bytes() for file in pathlib.Path(server.folder.name).rglob("*") if file.is_file())


def test_a_killed_server_marks_the_reply_interrupted(live, server):
    live.expected_errors = True
    ready(live)
    slow_question(live)
    server.stop(signal.SIGKILL)
    server.start()
    live.wait_text(".reply .state", "This reply was interrupted.")


def test_exports_are_downloads(live, downloads):
    ready(live, SAMPLE)
    live.asked("What happens?")
    exported = {}
    for kind in ("md", "json"):
        live.click("#open-export")
        live.click(f"#export-{kind}")
        [file] = live.wait(lambda: list(downloads.glob(f"*.{kind}")), "the download")
        exported[kind] = file.read_text()
        file.unlink()
        live.press(Keys.ESCAPE)
    assert "What happens?" in exported["md"]
    messages = json.loads(exported["json"])["messages"]
    assert [message["role"] for message in messages] == ["user", "assistant"]
    live.click("#open-export")
    assert live.shown("#export-srt") == live.shown("#export-vtt") == bool(messages[1]["moments"])


def test_hostile_texts_as_questions_titles_and_file_names(live, tmp_path):
    live.open()
    for text in TEXTS[:3]:
        name = tmp_path / (text.replace("/", "⁄")[:60] + ".mp4")
        name.write_bytes(FALLS.read_bytes())
        live.open().upload(name)
        live.wait_text("#preparation", "Ready")
        live.asked(text)
        assert live.text(".said") == text.strip()
        live.click("#open-past")
        live.wait(lambda: live.all("#past-list li"), "the history")
        live.press(Keys.ESCAPE)
    assert live.script("return window.hit") is None


def test_a_key_opens_the_page_its_videos_and_its_frames(browser, request):
    with Server(request.config.getoption("--glimpse"), "--api-key", "open-sesame") as server:
        for page in watched(browser, server.url):
            page.expected_errors = True  # Chromium reports that the server has refused.
            browser.get(page.url)
            page.type("#key-input", "wrong", Keys.ENTER)
            page.wait_text("#key-problem", "That is not the key.")
            page.type("#key-input", "open-sesame", Keys.ENTER)
            page.wait(lambda: page.all("#sample-list button"), "samples")
            page.all("#sample-list button")[0].click()
            page.wait_text("#preparation", "Ready")
            page.wait(lambda: page.script("return document.querySelector('#strip img').naturalWidth") > 0, "a frame")
            page.wait(lambda: page.script("return document.querySelector('#stage video').readyState") >= 2, "the video")
            page.asked("What happens?")
            assert page.texts(".said") == ["What happens?"]


def test_a_film_in_a_format_of_no_browser_is_answered_about(live, tmp_path):
    film = tmp_path / "film.avi"
    subprocess.run(["ffmpeg", "-v", "error", "-i", FALLS, "-c:v", "mjpeg", film], check=True)
    live.open().upload(film)
    live.wait_text("#preparation", "Ready")
    live.wait_text("#media-facts", "shown as its frames")
    live.asked("What happens?")
    assert live.texts(".said") == ["What happens?"]
