"""Recognise instruments on a page in the browser.

python -m instrument_net.demo
python -m instrument_net.demo outputs/quickstart/.../checkpoints/best.ckpt
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import threading
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console

from instrument_net.demo.address import check_address, is_loopback
from instrument_net.demo.seclusion import seclude
from instrument_net.errors import WRONG_INPUT_STATUS, InputError
from instrument_net.escaping import error_line, for_screen
from instrument_net.extras import install
from instrument_net.invocation import command_name
from instrument_net.memory import keep_freed_pages
from instrument_net.recognition.named_checkpoint import PRETRAINED
from instrument_net.recognition.network_options import CHECKPOINT_HELP


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the command's arguments."""
    parser = argparse.ArgumentParser(
        prog=command_name("demo"),
        description="Recognise instruments on a page in the browser: drop or record a sound, see "
        "the most probable classes and what speaks for the first. Works without internet.",
        epilog="Exit status: 0, ended by Ctrl-C; 2, wrong arguments or checkpoint, address in use, "
        "gradio not installed.",
    )
    parser.add_argument(
        "checkpoint", type=Path, nargs="?", default=PRETRAINED,
        help=CHECKPOINT_HELP,
    )  # fmt: skip
    parser.add_argument(
        "--host", default="127.0.0.1",
        help="address to listen on (default: 127.0.0.1, which only this machine reaches); 0.0.0.0 "
        "lets in the whole network, whose browsers upload but do not record over plain http",
    )  # fmt: skip
    parser.add_argument("--port", type=int, default=7860, help="default: 7860")
    parser.add_argument(
        "--max-upload-mb", type=int, default=50, help="largest file in megabytes (default: 50)"
    )
    parser.add_argument("--open", action="store_true", help="open the page in the browser")
    parsed = parser.parse_args(arguments)
    if not 1 <= parsed.port <= 65_535:
        parser.error("--port must lie in 1 ... 65535")
    if parsed.max_upload_mb < 1:
        parser.error("--max-upload-mb must be at least 1")
    return parsed


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve the page until interrupted, and return the exit status."""
    keep_freed_pages()
    options = parse(arguments)
    screen = Console(stderr=True, soft_wrap=True, highlight=False)
    if find_spec("gradio") is None:
        screen.print(error_line(f"the page needs gradio: {install('demo')}"))
        return WRONG_INPUT_STATUS
    if not is_loopback(options.host):
        screen.print(
            f"[yellow]warning:[/yellow] --host {for_screen(options.host)} lets in everyone who can "
            "reach this machine over the network, without a password"
        )
    from instrument_net.recognition.recogniser import Recogniser

    try:
        check_address(options.host, options.port)
        recogniser = Recogniser.from_checkpoint(options.checkpoint)
    except InputError as error:
        screen.print(error_line(error))
        return WRONG_INPUT_STATUS
    # Ended by `kill`, too, it leaves no recording behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="instrument_net-") as files:
        # Apart: gradio copies what it is given, unless that lies in its own folder.
        uploads, made = Path(files) / "uploads", Path(files) / "made"
        made.mkdir()
        seclude(uploads, options.host)
        from instrument_net.demo.page import build_page, launch

        page = build_page(
            recogniser, options.checkpoint, folder=made,
            max_upload_mb=options.max_upload_mb,
        )  # fmt: skip
        try:
            url = launch(
                page, host=options.host, port=options.port,
                max_upload_mb=options.max_upload_mb, in_browser=options.open,
            )  # fmt: skip
            print(f"Page: {url} (end with Ctrl-C)", flush=True)
            threading.Event().wait()
        except KeyboardInterrupt:
            page.close(verbose=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
