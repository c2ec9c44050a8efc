"""Makes the pictures of the README: `python Tests/Browser/screenshots.py .build/release/glimpse [SAMPLE QUESTION…]`.

They are what the bundled model really says about a sample video, counted from 0.
"""

import pathlib
import sys
import time

from selenium.webdriver.common.keys import Keys

from page import Page, chromium
from server import Server

IMAGES = pathlib.Path(__file__).resolve().parents[2] / "docs/images"
QUESTIONS = ["What happens in the video?", "Where is the circle at 2.2 s?"]


def main(program, sample="-1", *questions):
    browser = chromium("--hide-scrollbars", "--window-size=1280,940")
    try:
        with Server(program) as server:
            page = Page(browser, server.url)
            converse(page, int(sample), questions or QUESTIONS)
            for name, scheme, isPhone in [("page-light", "light", False), ("page-dark", "dark", False), ("page-phone", "light", True)]:
                page.media(prefers_color_scheme=scheme)
                if isPhone:
                    page.phone()
                page.script("document.activeElement.blur(); document.querySelector('#end').scrollIntoView({block: 'end'})")
                time.sleep(0.5)  # The colours fade over.
                browser.save_screenshot(str(IMAGES / f"{name}.png"))
    finally:
        browser.quit()


def converse(page, sample, questions):
    page.start(sample)
    page.click(".options summary")
    box = page.one("#option-temperature")
    box.clear()
    box.send_keys("0.1", Keys.TAB)
    page.click(".options summary")
    for question in questions:
        page.asked(question)
    page.all(".thought summary")[0].click()
    page.script("document.querySelector('.seen').scrollTop = 0")


if __name__ == "__main__":
    main(*sys.argv[1:])
