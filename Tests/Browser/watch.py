"""What is checked after every test: no error in the console, no request to anybody else."""

import json
from urllib.parse import urlsplit

from page import Page


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
