"""One visit of the page by a browser."""

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

import numpy as np
import pytest
import soundfile
from tones_and_noise import MB, RATE_HZ, noise, tone, train_checkpoint


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    return train_checkpoint(tmp_path_factory.mktemp("demo") / "best.ckpt")


@pytest.fixture
def write(tmp_path):
    def write_sound(name, *parts):
        soundfile.write(tmp_path / name, np.concatenate(parts), RATE_HZ)
        return tmp_path / name

    return write_sound


@pytest.fixture
def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


needs_chromium = pytest.mark.skipif(
    not (shutil.which("chromium") and shutil.which("chromedriver")),
    reason="chromium and chromedriver are not on the PATH",
)


@pytest.fixture
def proxy():
    """A proxy that every call to another machine would have to go through, and nobody answers."""
    with socket.create_server(("127.0.0.1", 0)) as trap:
        trap.setblocking(False)
        yield trap


@pytest.fixture
def server(checkpoint, free_port, proxy, tmp_path):
    """The running command: (its address, its temporary files, its process, what it prints)."""
    temporary, printed = tmp_path / "temporary", tmp_path / "printed.txt"
    temporary.mkdir()
    through_proxy = "http://{}:{}".format(*proxy.getsockname())
    environment = {
        **{k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")},
        "HTTP_PROXY": through_proxy,
        "HTTPS_PROXY": through_proxy,
        "TMPDIR": str(temporary),
    }
    with printed.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "instrument_net.demo", checkpoint, f"--port={free_port}",
             "--max-upload-mb=1"],
            env=environment, stdout=out, stderr=subprocess.STDOUT,
            # Where the tests run in the background, Ctrl-C is ignored, and children inherit that.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )  # fmt: skip
    yield f"http://127.0.0.1:{free_port}/", temporary, process, printed
    process.kill()
    process.wait()


@pytest.fixture
def browser():
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    with tempfile.TemporaryDirectory() as profile:
        options = webdriver.ChromeOptions()
        options.binary_location = shutil.which("chromium")
        for argument in (
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", f"--user-data-dir={profile}",
        ):  # fmt: skip
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
        driver = webdriver.Chrome(options, Service(shutil.which("chromedriver")))
        yield driver
        driver.quit()


def hosts_asked(browser):
    """Return the network addresses of which the pages have asked anything."""
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    urls = [
        urlsplit(message["params"]["request"]["url"])
        for message in messages
        if message["method"] == "Network.requestWillBeSent"
    ]
    return {url.netloc for url in urls if url.scheme in ("http", "https", "ws", "wss")}


@pytest.mark.slow
@needs_chromium
def test_a_browser_gets_its_sound_classified_and_nothing_leaves_the_machine(
    server, browser, proxy, write, tmp_path
):
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.wait import WebDriverWait

    address, temporary, process, printed = server
    wait = WebDriverWait(browser, 120, poll_frequency=0.1)
    wait.until(lambda _: "Page: " in printed.read_text() or process.poll() is not None)
    assert printed.read_text() == f"Page: {address} (end with Ctrl-C)\n"

    def text_of(selector):
        return "\n".join(e.text for e in browser.find_elements(By.CSS_SELECTOR, selector))

    def upload(path):
        field = wait.until(lambda _: browser.find_elements(By.CSS_SELECTOR, "input[type=file]"))
        field[0].send_keys(str(path))

    browser.get(address)
    upload(write("long.wav", noise(0.4), tone(2)))
    wait.until(lambda _: "%" in text_of("#classes"))
    label, best, named, share, *_ = text_of("#classes").splitlines()
    assert (label, best, named) == ("Most probable classes", "tone", "tone")
    assert int(share.removesuffix("%")) > 50
    assert "best.ckpt: TwoBranchNet" in text_of("p")
    wait.until(lambda _: len(browser.find_elements(By.CSS_SELECTOR, "#timeline img")) == 1)
    wait.until(lambda _: len(browser.find_elements(By.CSS_SELECTOR, "#explanation img")) == 1)
    assert text_of("#note").startswith("long.wav: 2.4 s, classified in ")

    browser.find_element(By.CSS_SELECTOR, "[aria-label=Clear]").click()
    wait.until(lambda _: "%" not in text_of("#classes"))
    wait.until(lambda _: not browser.find_elements(By.CSS_SELECTOR, "#timeline, #explanation"))

    (tmp_path / "a&lt;b.wav").write_text("no sound")  # a name that is no HTML
    upload(tmp_path / "a&lt;b.wav")
    wait.until(lambda _: text_of("[role=alert]"))
    assert text_of("[role=alert]").startswith("a&lt;b.wav: cannot be decoded")
    assert "Traceback" not in text_of("body")
    assert "%" not in text_of("#classes")

    body = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.wav"\r\n\r\n'
    request = Request(
        f"{address}gradio_api/upload", body + bytes(MB + 1) + b"\r\n--x--\r\n",
        {"Content-Type": "multipart/form-data; boundary=x"},
    )  # fmt: skip
    with pytest.raises(HTTPError) as refused:
        urlopen(request)
    refused.value.close()
    assert refused.value.code == 413

    assert hosts_asked(browser) == {urlsplit(address).netloc}
    with pytest.raises(BlockingIOError):
        proxy.accept()  # nobody has called
    assert list(temporary.rglob("*.wav"))
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 0
    assert not list(temporary.iterdir())
    assert "Traceback" not in printed.read_text()
