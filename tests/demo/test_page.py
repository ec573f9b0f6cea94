"""Visits of the page by a browser."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from tones_and_noise import MB, noise, tone, train_checkpoint, write_sound

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (shutil.which("chromium") and shutil.which("chromedriver")),
        reason="chromium and chromedriver are not on the PATH",
    ),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("page")


@pytest.fixture(scope="module")
def write(folder):
    return lambda name, *parts: write_sound(folder / name, *parts)


@pytest.fixture(scope="module")
def proxy():
    """A proxy that every call to another machine would have to go through, and nobody answers."""
    with socket.create_server(("127.0.0.1", 0)) as trap:
        trap.setblocking(False)
        yield trap


@pytest.fixture(scope="module")
def server(proxy, folder):
    """The running command: (its address, its temporary files, its process, what it prints)."""
    checkpoint = train_checkpoint(folder / "best.ckpt")
    temporary, printed = folder / "temporary", folder / "printed.txt"
    temporary.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    through_proxy = "http://{}:{}".format(*proxy.getsockname())
    environment = {
        **{k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")},
        "HTTP_PROXY": through_proxy,
        "HTTPS_PROXY": through_proxy,
        "TMPDIR": str(temporary),
    }
    with printed.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "instrument_net.demo", checkpoint, f"--port={port}",
             "--max-upload-mb=1"],
            env=environment, stdout=out, stderr=subprocess.STDOUT,
            # Where the tests run in the background, Ctrl-C is ignored, and children inherit that.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )  # fmt: skip
    yield f"http://127.0.0.1:{port}/", temporary, process, printed
    process.kill()
    process.wait()


@pytest.fixture(scope="module")
def browser(write, folder):
    """A browser whose microphone hears a tone after half a second of noise."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    heard = write("microphone.wav", noise(0.5), tone(60))
    with tempfile.TemporaryDirectory() as profile:
        options = webdriver.ChromeOptions()
        options.binary_location = shutil.which("chromium")
        for argument in (
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", f"--user-data-dir={profile}",
            "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-audio-capture={heard}",
        ):  # fmt: skip
            options.add_argument(argument)
        options.add_experimental_option(
            "prefs",
            {"download.default_directory": str(folder / "kept"),
             "profile.default_content_setting_values.automatic_downloads": 1},
        )  # fmt: skip
        options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
        driver = webdriver.Chrome(options, Service(shutil.which("chromedriver")))
        yield driver
        driver.quit()


class Visit:
    """A page as a visitor sees it, anew."""

    def __init__(self, browser, server):
        from selenium.common.exceptions import StaleElementReferenceException
        from selenium.webdriver.support.wait import WebDriverWait

        address, _, process, printed = server
        self.browser = browser
        self._wait = WebDriverWait(
            browser, 180, poll_frequency=0.1,
            ignored_exceptions=[StaleElementReferenceException],  # replaced while it is read
        )  # fmt: skip
        self.until(lambda: "Page: " in printed.read_text() or process.poll() is not None)
        assert printed.read_text() == f"Page: {address} (end with Ctrl-C)\n"
        browser.get(address)
        self.until(lambda: self.all("#upload input[type=file]"))

    def until(self, condition):
        return self._wait.until(lambda _: condition())

    def all(self, selector):
        return self.browser.find_elements("css selector", selector)

    def text(self, selector):
        return "\n".join(element.text for element in self.all(selector))

    def click(self, selector, text=""):
        def button():
            return [each for each in self.all(selector) if text in each.text]

        self.until(button)[0].click()

    def upload(self, *paths):
        self.all("#upload input[type=file]")[0].send_keys("\n".join(map(str, paths)))

    def until_explained(self):
        self.until(lambda: self.all("#explanation img"))


@pytest.fixture
def page(browser, server):
    return Visit(browser, server)


def hosts_asked(browser):
    """Return the network addresses of which the pages have asked anything."""
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    urls = [
        urlsplit(message["params"]["request"]["url"])
        for message in messages
        if message["method"] == "Network.requestWillBeSent"
    ]
    return {url.netloc for url in urls if url.scheme in ("http", "https", "ws", "wss")}


def test_a_sound_gets_its_classes_reasons_and_downloads_until_it_is_removed(page, write, folder):
    page.upload(write("long.wav", noise(0.4), tone(2)))
    page.until(lambda: "%" in page.text("#classes"))
    label, best, named, share, *_ = page.text("#classes").splitlines()
    assert (label, best, named) == ("Most probable classes", "tone", "tone")
    assert int(share.removesuffix("%")) > 50
    assert page.text("#note").startswith("long.wav: 2.4 s, classified in ")
    page.until_explained()
    assert page.text("#explanation h2").startswith("Why tone (")
    assert page.text("#timeline h2") == "Over time"
    assert page.all("#player")
    kept = folder / "kept"
    names = ["classes.csv", "timeline.csv", "labels.txt"]
    for label in ("Classes (CSV)", "Over time (CSV)", "Labels for Audacity"):
        page.click("#answer button", label)
    page.until(lambda: all((kept / name).is_file() for name in names))
    classes, windows, labels = ((kept / name).read_text().splitlines() for name in names)
    assert classes[1].startswith("long.wav,tone,0.")
    assert len(windows) == 1 + 9
    assert labels[-1].endswith("tone")
    page.click("#upload [aria-label=Clear]")
    page.until(lambda: "%" not in page.text("#classes"))
    page.until(lambda: not page.all("#timeline, #explanation, #player"))


def test_a_file_that_is_no_sound_is_answered_with_its_name_and_the_reason(page, folder):
    bad = folder / "a&lt;b.wav"  # a name that is no HTML
    bad.write_text("no sound")
    page.upload(bad)
    page.until(lambda: page.text("[role=alert]"))
    assert page.text("[role=alert]").startswith("a&lt;b.wav: cannot be decoded")
    assert "Traceback" not in page.text("body")
    assert "%" not in page.text("#classes")


def test_of_several_files_each_can_be_chosen(page, write):
    page.upload(write("n.wav", noise(0.4)), write("t.wav", tone(0.4)))
    page.until_explained()
    assert page.text("#files h2") == "2 files"
    assert page.text("#explanation h2").startswith("Why noise (")
    page.click("#files button", "t.wav")
    page.until(lambda: page.text("#explanation h2").startswith("Why tone ("))
    assert page.text("#files [aria-current]").startswith("t.wav")


def test_an_example_is_rendered_and_said_to_be_synthetic(page):
    page.click("#examples button", "noise")
    page.until_explained()
    assert "Synthetic: rendered by this program as noise. No recording" in page.text("#note")
    assert "synthetic" in page.text("#examples")


def test_names_appear_while_the_microphone_is_on_and_all_of_it_is_explained_at_the_end(page):
    page.click("[role=tab]", "Microphone")
    page.click("#microphone button", "Record")
    page.until(lambda: "tone" in page.text("#classes"))
    assert page.text("#note").startswith("Live: the last ")
    assert not page.all("#explanation")
    page.click("#microphone button", "Stop")
    page.until_explained()
    assert page.text("#note").startswith("recording.wav: ")
    # What came before the tone is recorded, too, and may be the more certain part.
    first = page.text("#classes h2")
    assert first in ("tone", "noise")
    assert page.text("#explanation h2").startswith(f"Why {first} (")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_a_telephone_nothing_is_wider_than_it_and_pictures_have_its_theme(page, write, theme):
    media = [{"name": "prefers-color-scheme", "value": theme}]
    size = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
    browser = page.browser
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": media})
    try:
        browser.refresh()
        page.until(lambda: page.all("#upload input[type=file]"))
        page.upload(write("long.wav", noise(0.4), tone(2)), write(f"{'t' * 60}.wav", tone(0.4)))
        page.until_explained()
        width = browser.execute_script("return document.documentElement.scrollWidth")
        assert width <= 390
        shown = [
            each for each in page.all("#timeline img, #explanation img") if each.is_displayed()
        ]
        assert [each.get_attribute("class") for each in shown] == [f"on-{theme}"] * 3
        assert all(page.all(f"#timeline .{kind}") for kind in ("wide", "narrow"))
        assert all(each.rect["width"] <= 390 for each in shown)
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_nothing_leaves_the_machine_and_nothing_is_left_when_it_ends(page, server, proxy, write):
    address, temporary, process, printed = server
    page.upload(write("a.wav", tone(0.4)))
    page.until_explained()
    body = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.wav"\r\n\r\n'
    request = Request(
        f"{address}gradio_api/upload", body + bytes(MB + 1) + b"\r\n--x--\r\n",
        {"Content-Type": "multipart/form-data; boundary=x"},
    )  # fmt: skip
    with pytest.raises(HTTPError) as refused:
        urlopen(request)
    refused.value.close()
    assert refused.value.code == 413

    assert hosts_asked(page.browser) == {urlsplit(address).netloc}
    with pytest.raises(BlockingIOError):
        proxy.accept()  # nobody has called
    assert list(temporary.rglob("*.wav"))
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 0
    assert not list(temporary.iterdir())
    assert "Traceback" not in printed.read_text()
