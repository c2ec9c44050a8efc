"""One Chromium for all tests, and a page that is checked after each: no error in the console, no request to anybody else."""

import json
import pathlib
import tempfile
from urllib.parse import urlsplit

import pytest
from double import Double
from page import Page, chromium
from server import Server


def pytest_addoption(parser):
    parser.addoption("--glimpse", default=".build/release/glimpse", help="the program whose page is tested")


@pytest.fixture(scope="session")
def downloads():
    with tempfile.TemporaryDirectory() as folder:
        yield pathlib.Path(folder)


@pytest.fixture(scope="session")
def browser(downloads):
    driver = chromium("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
    driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(downloads)})
    yield driver
    driver.quit()


@pytest.fixture
def double():
    with Double() as double:
        yield double


@pytest.fixture
def page(browser, double):
    """The page before the double."""
    yield from watched(browser, double.url)


@pytest.fixture
def server(request):
    with Server(request.config.getoption("--glimpse")) as server:
        yield server


@pytest.fixture
def live(browser, server):
    """The page before the real server and the bundled model."""
    yield from watched(browser, server.url)


def watched(browser, url):
    browser.get("about:blank")
    browser.execute_cdp_cmd("Network.clearBrowserCookies", {})
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    for kind in ("browser", "performance"):
        browser.get_log(kind)
    page = Page(browser, url)
    yield page
    browser.execute_script("window.stop()")
    assert page.expected_errors or errors(browser) == []
    assert foreign(browser, url) == []


def errors(browser):
    return [entry["message"] for entry in browser.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]


def foreign(browser, url):
    """Addresses that were asked for and are not the server's. What the page's policy has stopped was not asked for."""
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    named = lambda method: [event["params"] for event in events if event["method"] == f"Network.{method}"]
    stopped = {failure["requestId"] for failure in named("loadingFailed") if failure.get("blockedReason") == "csp"}
    asked = [request["request"]["url"] for request in named("requestWillBeSent") if request["requestId"] not in stopped]
    elsewhere = lambda address: address.scheme not in ("data", "about") and address.netloc != urlsplit(url).netloc
    return [address for address in asked if elsewhere(urlsplit(address))]
