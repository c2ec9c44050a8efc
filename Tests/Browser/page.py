"""The page as somebody uses it."""

import importlib.util
import pathlib

from selenium import webdriver
from selenium.common.exceptions import ElementNotInteractableException, StaleElementReferenceException, TimeoutException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait


def chromium(*flags):
    """Debian's Chromium, without a window, that tells of its console and its requests."""
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    always = ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--window-size=1300,1000", "--lang=en"]
    for flag in [*always, *flags]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    driver.set_script_timeout(20)
    # Without a window the dialog to choose a file would close at once, which counts as cancelled.
    driver.execute_cdp_cmd("Page.setInterceptFileChooserDialog", {"enabled": True})
    return driver


class Page:
    def __init__(self, browser, url):
        self.browser, self.url = browser, url
        self.expected_errors = False
        """Set by tests in which the server refuses or is gone: Chromium reports that in the console by itself."""

    # Looking

    def all(self, selector):
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def visible(self, selector):
        return self.script("return [...document.querySelectorAll(arguments[0])].filter((e) => e.checkVisibility())", selector)

    def one(self, selector):
        return self.wait(lambda: self.visible(selector), selector)[0]

    def shown(self, selector):
        return bool(self.visible(selector))

    def texts(self, selector):
        text = "return [...document.querySelectorAll(arguments[0])].filter((e) => e.checkVisibility()).map((e) => e.innerText.trim())"
        return self.script(text, selector)

    def text(self, selector):
        return "\n".join(self.texts(selector))

    def wait(self, condition, what="something", seconds=20):
        waiting = WebDriverWait(self.browser, seconds, poll_frequency=0.05, ignored_exceptions=[StaleElementReferenceException, ElementNotInteractableException])
        try:
            return waiting.until(lambda _: condition())
        except TimeoutException:
            raise AssertionError(f"waited {seconds} s for {what() if callable(what) else what}") from None

    def wait_text(self, selector, words):
        self.wait(lambda: words in self.text(selector), lambda: f"{words!r} in {selector}, which has {self.text(selector)!r}")

    def script(self, text, *values):
        return self.browser.execute_script(text, *values)

    def module(self, name, expression):
        """The value of an expression in which `m` is one of the page's modules."""
        text = f"const done = arguments[0]; import('/js/{name}').then((m) => done([{expression}])).catch((error) => done(String(error)))"
        answer = self.browser.execute_async_script(text)
        assert isinstance(answer, list), answer
        return answer[0]

    # Doing

    def open(self, path=""):
        self.browser.get(self.url + path)
        self.wait(lambda: self.text("#model-name") not in ("", "Connecting"), "the model's name")
        return self

    def click(self, selector):
        """Clicks, once more if the element was replaced just then."""
        self.wait(lambda: self.one(selector).click() or True, selector)

    def type(self, selector, *keys):
        """Types as soon as the element takes it: what is being shown counts as visible a moment before."""
        self.wait(lambda: self.one(selector).send_keys(*keys) or True, selector)

    def press(self, *keys):
        ActionChains(self.browser).send_keys(*keys).perform()

    def start(self, sample=-1):
        """Opens a conversation about a sample and waits until it is prepared."""
        self.open()
        self.wait(lambda: self.all("#sample-list button"), "samples")
        self.all("#sample-list button")[sample].click()
        self.wait_text("#preparation", "Ready")
        return self

    def upload(self, *paths):
        self.browser.find_element(By.ID, "file").send_keys("\n".join(map(str, paths)))

    def ask(self, text):
        self.type("#question", text, Keys.ENTER)

    def asked(self, text):
        """Asks, and waits for the whole reply."""
        before = len(self.all("article.reply"))
        self.ask(text)
        self.wait(lambda: len(self.all("article.reply")) > before, "a reply")
        self.wait(lambda: not self.busy(), "the end of the reply", 60)

    def busy(self):
        return bool(self.all("article.reply[aria-busy=true]"))

    @property
    def conversation(self):
        return self.script("return location.hash.slice(1)")

    def seconds(self):
        return self.script("return document.querySelector('#stage video').currentTime")

    # Devices

    def phone(self, width=390, height=844):
        metrics = {"width": width, "height": height, "deviceScaleFactor": 2, "mobile": True}
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def media(self, **features):
        values = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": values})

    def violations(self):
        """What axe-core finds against WCAG 2.2 AA and good practice, as (rule, elements)."""
        folder = importlib.util.find_spec("axe_playwright_python").submodule_search_locations[0]
        self.script(pathlib.Path(folder, "axe.min.js").read_text())
        text = "const done = arguments[0]; axe.run(document, {resultTypes: ['violations']}).then((found) => done(found.violations))"
        return [(found["id"], [node["target"] for node in found["nodes"]]) for found in self.browser.execute_async_script(text)]
