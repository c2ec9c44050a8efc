"""One Chromium for all tests, before the double or the real server."""

import pathlib
import tempfile

import pytest
from double import Double
from page import chromium
from server import Server
from watch import watched


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
