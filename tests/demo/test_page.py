"""The demo page: what it answers, how its command starts and ends, and one visit by a browser."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import numpy as np
import pandas as pd
import pytest
import soundfile
import torch

from instrument_net.audio import AudioError
from instrument_net.demo.__main__ import main
from instrument_net.demo.address import AddressError, check_address, is_loopback
from instrument_net.demo.answer import answer
from instrument_net.demo.origin import UNKNOWN, describe_origin
from instrument_net.demo.timeline import plot_timeline
from instrument_net.learning.loss import cross_entropy
from instrument_net.recognition.files import FilePrediction
from instrument_net.recognition.recogniser import Recogniser

RATE_HZ = 44_100
SETTINGS = {
    "class_names": ["noise", "silence", "tone"],
    "network": {"name": "TwoBranchNet", "filters": 4, "dense_units": 8},
    "front_end": {"n_fft": 512, "hop_length": 256, "n_bins": 83, "n_frames": 80},
}
MB = 2**20


def tone(seconds, frequency_hz=440.0):
    return 0.5 * np.sin(2 * np.pi * frequency_hz * np.arange(int(seconds * RATE_HZ)) / RATE_HZ)


def noise(seconds, seed=0):
    return 0.1 * np.random.default_rng(seed).standard_normal(int(seconds * RATE_HZ))


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    """A small network that has learnt to tell tones from noise: half a second a window."""
    torch.manual_seed(0)
    recogniser = Recogniser.from_settings(SETTINGS)
    size = recogniser.front_end.num_samples
    tones = [tone(1, frequency_hz)[:size] for frequency_hz in np.geomspace(150, 2_500, 8)]
    noises = [noise(1, seed)[:size] for seed in range(8)]
    inputs = recogniser.front_end(torch.tensor(np.array([*tones, *noises]), dtype=torch.float32))
    label = torch.tensor([2] * len(tones) + [0] * len(noises))
    optimizer = torch.optim.Adam(recogniser.network.parameters(), lr=1e-2)
    for _ in range(30):
        optimizer.zero_grad()
        cross_entropy(recogniser.network(*inputs), label, log_base="e").backward()
        optimizer.step()
    path = tmp_path_factory.mktemp("demo") / "best.ckpt"
    weights = {f"network.{k}": v for k, v in recogniser.network.state_dict().items()}
    torch.save({"hyper_parameters": SETTINGS, "state_dict": weights}, path)
    return path


@pytest.fixture(scope="module")
def recogniser(checkpoint):
    return Recogniser.from_checkpoint(checkpoint)


@pytest.fixture
def write(tmp_path):
    def write_sound(name, *parts):
        soundfile.write(tmp_path / name, np.concatenate(parts), RATE_HZ)
        return tmp_path / name

    return write_sound


@pytest.mark.parametrize(("name", "sound"), [("tone", tone), ("noise", noise)])
def test_a_short_sound_is_named_and_explained_without_a_timeline(recogniser, write, name, sound):
    said = answer(recogniser, write("a.flac", sound(0.4)), max_bytes=MB)
    assert next(iter(said.probabilities)) == name
    assert said.probabilities[name] > 0.9
    assert sum(said.probabilities.values()) == pytest.approx(1)
    assert said.heard == "a.flac: 0.4 s"
    assert said.timeline is None
    title = f"Why {name} ({said.probabilities[name]:.0%})"
    assert said.explanation.get_suptitle() == title


def test_of_a_long_sound_the_clearest_window_is_explained(recogniser, write):
    path = write("long.wav", noise(0.6), tone(1.8))
    said = answer(recogniser, path, max_bytes=MB)
    assert next(iter(said.probabilities)) == "tone"
    assert said.heard == "long.wav: 2.4 s, heard in 9 windows of 0.5 s"
    title = said.explanation.get_suptitle()
    assert title.endswith(": the window that says so most clearly")
    start_s = float(title.split(", ")[1].split(" s")[0])
    assert start_s >= 0.5
    assert said.timeline is not None


def test_the_timeline_shows_each_moment_by_its_nearest_window():
    windows = torch.tensor([[0.7, 0.1, 0.2], [0.6, 0.1, 0.3], [0.0, 0.1, 0.9]])
    result = FilePrediction(Path("a.wav"), ("a", "b", "c"), [0.0, 1.0, 2.0], list(windows))
    axes = plot_timeline(result, window_s=2.0, duration_s=3.8).axes[0]
    # Means 0.43, 0.1, 0.47: c, a, b. Middles of the windows at 1, 2, 3 s.
    assert [label.get_text() for label in axes.get_yticklabels()] == ["c", "a", "b"]
    (mesh,) = axes.collections
    np.testing.assert_allclose(mesh.get_array(), windows[:, [2, 0, 1]].T)
    np.testing.assert_allclose(mesh.get_coordinates()[0, :, 0], [0, 1.5, 2.5, 3.8])
    assert axes.yaxis_inverted()


def test_a_file_that_cannot_be_read_is_named_without_the_servers_folder(recogniser, tmp_path):
    bad = tmp_path / "notes.wav"
    bad.write_text("no sound")
    with pytest.raises(AudioError, match=r"^notes\.wav: cannot be decoded") as caught:
        answer(recogniser, bad, max_bytes=MB)
    assert str(tmp_path) not in str(caught.value)


def test_a_file_above_the_limit_is_refused_unread(recogniser, tmp_path):
    large = tmp_path / "large.wav"
    large.write_bytes(bytes(MB + 200_000))
    with pytest.raises(AudioError, match=r"^large\.wav: 1\.2 MB, at most 1 MB .*--max-upload-mb"):
        answer(recogniser, large, max_bytes=MB)
    with pytest.raises(AudioError, match="cannot be decoded"):
        answer(recogniser, large, max_bytes=2 * MB)


def test_the_origin_of_a_checkpoint_is_told_by_its_run_folder(tmp_path):
    checkpoint = tmp_path / "checkpoints" / "best.ckpt"
    checkpoint.parent.mkdir()
    assert describe_origin(checkpoint) == UNKNOWN
    pd.DataFrame({"split": ["train"] * 3 + ["test"]}).to_csv(tmp_path / "splits.csv")
    config = tmp_path / ".hydra" / "config.yaml"
    config.parent.mkdir()
    config.write_text("name: night\ndata: {path: /srv/secret/strings}\n")
    assert describe_origin(checkpoint) == "experiment night, trained on 3 clips of strings"
    config.write_text("name: night\ndata: {seed: 0}\n")
    assert describe_origin(checkpoint).endswith(
        "3 clips of the synthetic corpus (no real instruments)"
    )
    config.write_text("name: [night\n")
    assert describe_origin(checkpoint) == UNKNOWN


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("127.8.0.3", True), ("::1", True), ("localhost", True),
     ("0.0.0.0", False), ("::", False), ("192.168.1.5", False), ("", False), ("here", False)],
)  # fmt: skip
def test_only_loopback_addresses_count_as_this_machine(host, loopback):
    assert is_loopback(host) is loopback


def test_a_port_in_use_is_refused_and_a_free_one_is_not():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(AddressError, match=rf"127\.0\.0\.1 port {port}: .*in use; choose"):
            check_address("127.0.0.1", port)
    check_address("127.0.0.1", port)


def test_an_open_address_is_warned_about_and_a_strange_one_refused(checkpoint, capsys):
    # 192.0.2.1 is nobody's: reserved for documentation (RFC 5737).
    assert main([str(checkpoint), "--host=192.0.2.1"]) == 2
    warning, error = capsys.readouterr().err.splitlines()
    assert warning.startswith("warning: --host 192.0.2.1 lets in everyone")
    assert error.startswith("error: cannot listen on 192.0.2.1 port 7860:")


def test_a_missing_checkpoint_ends_the_command(tmp_path, free_port, capsys):
    assert main([str(tmp_path / "none.ckpt"), f"--port={free_port}"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error: ")
    assert "none.ckpt: no such checkpoint" in line


@pytest.mark.parametrize("option", ["--port=0", "--port=65536", "--max-upload-mb=0"])
def test_numbers_out_of_range_are_refused(option, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["best.ckpt", option])
    assert stop.value.code == 2
    assert option.partition("=")[0] in capsys.readouterr().err.splitlines()[-1]


def run_without(missing, *arguments):
    """Run the command where importing the modules of these names fails."""
    code = f"""
import runpy, sys
sys.modules.update(dict.fromkeys({missing!r}))
sys.argv[1:] = {arguments!r}
runpy.run_module("instrument_net.demo", run_name="__main__", alter_sys=True)
"""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)


def test_help_needs_neither_torch_nor_gradio():
    done = run_without(["torch", "gradio"], "--help")
    assert done.returncode == 0, done.stderr
    assert "--max-upload-mb" in done.stdout


def test_without_gradio_the_command_says_what_to_install():
    done = run_without(["gradio"], "best.ckpt")
    assert done.returncode == 2
    assert done.stderr == ("error: the page needs gradio: pip install 'instrument_net[demo]'\n")


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
def test_a_browser_gets_its_sound_named_and_nothing_leaves_the_machine(
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
    assert text_of("#note").startswith("long.wav: 2.4 s, heard in ")

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
