import io

from rich.console import Console

from instrument_net.progress import work_progress


def test_a_description_is_shown_as_it_is():
    out = io.StringIO()
    with work_progress(console=Console(file=out, width=120)) as progress:
        progress.add_task("Decoding [b] of [/x]", total=1)
    assert "Decoding [b] of [/x]" in out.getvalue()
