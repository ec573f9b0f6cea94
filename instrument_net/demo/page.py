"""The page: its layout, and what happens when a sound arrives."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from instrument_net.demo.answer import BYTES_PER_MB
from instrument_net.demo.live import LIVE_S, LiveSound
from instrument_net.demo.origin import describe_origin
from instrument_net.demo.style import STYLE
from instrument_net.demo.views import View, Views
from instrument_net.recognition.recogniser import Recogniser

_MOST_CLASSES = 5
_KEPT_S = 3600  # how long a sound stays on the server's disk, at most
_STEP_S = 0.5  # of live naming
_PRIVATE: dict[str, Any] = {"api_visibility": "private"}  # no API for other programs
# In a narrow window the answer is below: whoever asked for it is led there.
_TO_THE_ANSWER = """() => {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  document.querySelector("#answer").scrollIntoView(
    {block: "nearest", behavior: calm ? "auto" : "smooth"});
}"""
_CHOOSING = """element.addEventListener("click", (event) => {
  const row = event.target.closest("[data-file]");
  if (row) trigger("select", {number: Number(row.dataset.file)});
});"""


def build_page(
    recogniser: Recogniser, checkpoint: Path, *, folder: Path, max_upload_mb: int
) -> gr.Blocks:
    """Return the page of a recogniser; :func:`launch` serves it.

    Args:
        recogniser: Waveforms -> probabilities.
        checkpoint: Where it comes from, for the line that says what the model is.
        folder: For the files that it makes; it exists, is not gradio's own, which has copies of
            them, and the caller removes it.
        max_upload_mb: Largest file that is read, in megabytes of 2^20 bytes.
    """
    views = Views(recogniser, folder, max_bytes=max_upload_mb * BYTES_PER_MB)
    page = gr.Blocks(title="instrument_net", delete_cache=(_KEPT_S // 10, _KEPT_S))
    with page:
        gr.HTML(_header(recogniser))
        with gr.Row():
            with gr.Column(min_width=320):
                inputs = _Inputs(views, max_upload_mb)
            with gr.Column(min_width=320, elem_id="answer"):
                answer = _Answer()
        answer.add_details()
        gr.HTML(_about(recogniser, checkpoint))
        _connect_files(views, inputs, answer)
        _connect_microphone(views, inputs, answer)
    return page


def launch(page: gr.Blocks, *, host: str, port: int, max_upload_mb: int, in_browser: bool) -> str:
    """Serve a page in background threads, without a connection to any other machine.

    Args:
        page: What :func:`build_page` returns.
        host: Address to listen on.
        port: Port to listen on, free (:func:`instrument_net.demo.address.check_address`).
        max_upload_mb: Largest upload; a larger one is refused while it arrives.
        in_browser: Whether to open the page in the browser.

    Returns:
        The page's address.
    """
    _, url, _ = page.launch(
        server_name=f"[{host}]" if ":" in host else host,  # an IPv6 address, as in a URL
        server_port=port, inbrowser=in_browser, max_file_size=max_upload_mb * BYTES_PER_MB,
        share=False, ssr_mode=False, mcp_server=False, pwa=False, enable_monitoring=False,
        run_history=False, footer_links=[], css=STYLE, quiet=True, prevent_thread_lock=True,
    )  # fmt: skip
    return url


class _Inputs:
    """Where sounds come from: files, examples, the microphone."""

    def __init__(self, views: Views, max_upload_mb: int) -> None:
        with gr.Tab("Files"):
            self.files = gr.File(
                file_count="multiple", type="filepath", height=170, elem_id="upload",
                label="Sounds",
            )  # fmt: skip
            gr.HTML(
                "<p>One file or several: wav, flac, ogg, mp3, aiff, each up to "
                f"{max_upload_mb} MB.</p>"
            )
            self.examples = gr.Dataset(
                components=["textbox"], samples=[[each.name] for each in views.examples],
                type="index", samples_per_page=len(views.examples), elem_id="examples",
                label="Examples (synthetic: rendered by this program, no recordings)",
            )  # fmt: skip
        with gr.Tab("Microphone"):
            self.microphone = gr.Audio(
                sources=["microphone"], streaming=True, type="numpy", buttons=[],
                label="Record, and see names while you play", elem_id="microphone",
            )  # fmt: skip
            gr.HTML(
                f"<p>Named twice a second, from the last {LIVE_S:g} s. When you stop, the whole "
                "recording is named and explained. Browsers record on pages of their own machine "
                "or over https only.</p>"
            )
        self.live = gr.State(None)


class _Answer:
    """Where a :class:`View` is shown."""

    def __init__(self) -> None:
        self.files = gr.HTML(visible=False, elem_id="files", js_on_load=_CHOOSING)
        self.note = gr.HTML("<p>The answer appears here.</p>", elem_id="note")
        self.classes = gr.Label(
            num_top_classes=_MOST_CLASSES, label="Most probable classes", elem_id="classes"
        )
        self.player = gr.Audio(
            visible=False, interactive=False, show_label=False, buttons=[], elem_id="player"
        )
        with gr.Row():
            self.downloads = {
                key: gr.DownloadButton(label, visible=False, size="sm", min_width=120)
                for key, label in (
                    ("classes", "Classes (CSV)"),
                    ("timeline", "Over time (CSV)"),
                    ("labels", "Labels for Audacity"),
                )
            }

    def add_details(self) -> None:
        """Add what has the page's whole width."""
        self.timeline = gr.HTML(visible=False, elem_id="timeline")
        self.explanation = gr.HTML(visible=False, elem_id="explanation")
        self.results = gr.State(())

    @property
    def parts(self) -> list[Any]:
        """Return the components, in the order of :meth:`updates`."""
        return [
            self.classes, self.note, self.player, *self.downloads.values(), self.files,
            self.timeline, self.explanation, self.results,
        ]  # fmt: skip

    def updates(self, view: View) -> list[Any]:
        """Return what makes the components show a view."""
        downloads = [view.downloads.get(key) for key in self.downloads]
        return [
            view.probabilities,
            *map(_shown, [view.note, view.sound, *downloads]),
            *map(_shown, [view.files, view.timeline, view.explanation]),
            view.results,
        ]


def _shown(value: str | Path | None) -> Any:
    return gr.update(value=value or None, visible=bool(value))


def _connect_files(views: Views, inputs: _Inputs, answer: _Answer) -> None:
    """Say what happens to files and examples."""

    def on_files(paths: list[str] | None) -> Iterator[list[Any]]:
        yield answer.updates(View())
        for view in views.of_files(paths or []):
            yield answer.updates(view)

    def on_example(number: int) -> Iterator[list[Any]]:
        for view in views.of_example(number):
            yield [None, *answer.updates(view)]

    def on_choice(results: Any, event: gr.EventData) -> Iterator[list[Any]]:
        for view in views.choose(results, event.number):
            yield answer.updates(view)

    files, examples = inputs.files, inputs.examples
    for event in (files.upload, files.delete):
        event(on_files, files, answer.parts, **_PRIVATE)
    files.clear(lambda: answer.updates(View()), None, answer.parts, **_PRIVATE)
    examples.click(on_example, examples, [files, *answer.parts], **_PRIVATE)
    answer.files.select(on_choice, answer.results, answer.parts, **_PRIVATE)
    for event in (files.upload, examples.click):
        event(None, None, None, js=_TO_THE_ANSWER, **_PRIVATE)


def _connect_microphone(views: Views, inputs: _Inputs, answer: _Answer) -> None:
    """Say what happens while a microphone is on, and when it is switched off."""

    def on_start() -> list[Any]:
        return [None, *answer.updates(View())]

    def on_sound(
        block: tuple[int, Any] | None, sound: LiveSound | None
    ) -> tuple[Any, Any, LiveSound | None]:
        if block is None:
            return gr.skip(), gr.skip(), sound
        rate_hz, samples = block
        if sound is None:
            sound = LiveSound(rate_hz, max_bytes=views.max_bytes)
        sound.add(samples)
        view = views.of_last_seconds(sound)
        return view.probabilities, _shown(view.note), sound

    def on_stop(sound: LiveSound | None) -> Iterator[list[Any]]:
        for view in [View()] if sound is None else views.of_recording(sound):
            yield [None, *answer.updates(view)]

    microphone, live = inputs.microphone, inputs.live
    microphone.start_recording(on_start, None, [live, *answer.parts], **_PRIVATE)
    microphone.start_recording(None, None, None, js=_TO_THE_ANSWER, **_PRIVATE)
    microphone.stream(
        on_sound, [microphone, live], [answer.classes, answer.note, live],
        stream_every=_STEP_S, time_limit=None, show_progress="hidden",
        concurrency_limit=None,  # a stream would keep others waiting until it ends
        **_PRIVATE,
    )  # fmt: skip
    microphone.stop_recording(on_stop, live, [live, *answer.parts], **_PRIVATE)


def _header(recogniser: Recogniser) -> str:
    names = recogniser.class_names
    return (
        "<h1>Which instrument is it?</h1>"
        f"<p>Drop sounds, choose an example, or play into the microphone. The network names one of "
        f"{len(names)} classes. Nothing leaves the machine that this page comes from.</p>"
        f"<details><summary>The {len(names)} classes</summary>{escape(', '.join(names))}</details>"
    )


def _about(recogniser: Recogniser, checkpoint: Path) -> str:
    facts = (
        f"{checkpoint.name}: {recogniser.settings['network']['name']}, "
        f"{describe_origin(checkpoint)}. It classifies {recogniser.duration_s:.1f} s at a time."
    )
    return f"<details id=about><summary>The network</summary>{escape(facts)}</details>"
