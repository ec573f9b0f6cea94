"""The page: its layout, and what happens when a sound arrives."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from instrument_net.audio import AudioError
from instrument_net.demo.answer import BYTES_PER_MB, answer
from instrument_net.demo.origin import describe_origin
from instrument_net.recognition.recogniser import Recogniser

_MOST_CLASSES = 5
_KEPT_S = 3600  # how long a sound stays on the server's disk, at most

_CSS = """
[role=alert] { border-left: 4px solid #c1121f; padding: 0.5em 0.8em; font-weight: 600; }
/* In a narrow window, pictures are scrolled sideways: shrunk, they would be unreadable. */
:is(#timeline, #explanation) :has(> img) { display: block; overflow-x: auto; }
:is(#timeline, #explanation) img { min-width: 700px; margin: auto; }
"""


def build_page(recogniser: Recogniser, checkpoint: Path, *, max_upload_mb: int) -> gr.Blocks:
    """Return the page of a recogniser; :func:`launch` serves it.

    Args:
        recogniser: Waveforms -> probabilities.
        checkpoint: Where it comes from, for the line that says what the model is.
        max_upload_mb: Largest file that is read, in megabytes of 2^20 bytes.
    """

    def show(path: str | None) -> list[Any]:
        if path is None:
            return blank("")
        try:
            said = answer(recogniser, path, max_bytes=max_upload_mb * BYTES_PER_MB)
        except AudioError as error:
            return blank(f"<p role=alert>{escape(str(error))}</p>")
        return [
            gr.update(value=f"<p>{escape(said.summary)}</p>", visible=True),
            said.probabilities,
            gr.update(value=said.timeline, visible=said.timeline is not None),
            gr.update(value=said.explanation, visible=True),
        ]

    def blank(note: str) -> list[Any]:
        hidden = gr.update(value=None, visible=False)
        return [gr.update(value=note, visible=bool(note)), None, hidden, hidden]

    page = gr.Blocks(title="instrument_net", delete_cache=(_KEPT_S // 10, _KEPT_S))
    with page:
        gr.HTML(_header(recogniser, checkpoint))
        with gr.Row(equal_height=True):
            sound = gr.Audio(
                sources=["upload", "microphone"], type="filepath", buttons=[], min_width=320,
                label=f"Sound (wav, flac, ogg, mp3, aiff; up to {max_upload_mb} MB)",
            )  # fmt: skip
            classes = gr.Label(
                num_top_classes=_MOST_CLASSES, min_width=320, label="Most probable classes",
                elem_id="classes",
            )  # fmt: skip
        note = gr.HTML(visible=False, elem_id="note")
        timeline = gr.Plot(visible=False, show_label=False, elem_id="timeline")
        explanation = gr.Plot(visible=False, show_label=False, elem_id="explanation")
        shown = [note, classes, timeline, explanation]
        sound.change(show, sound, shown, api_visibility="private")
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
        run_history=False, footer_links=[], css=_CSS, quiet=True, prevent_thread_lock=True,
    )  # fmt: skip
    return url


def _header(recogniser: Recogniser, checkpoint: Path) -> str:
    names = recogniser.class_names
    facts = (
        f"{checkpoint.name}: {recogniser.settings['network']['name']}, "
        f"{describe_origin(checkpoint)}. It classifies {recogniser.duration_s:.1f} s at a time, "
        f"into {len(names)} classes: {', '.join(names)}."
    )
    return f"<h1>Which instrument is it?</h1><p>{escape(facts)}</p>"
