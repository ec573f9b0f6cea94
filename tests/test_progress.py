import io

from rich.console import Console

from instrument_net.progress import LoggedPace, rate_text, work_progress


def test_a_description_is_shown_as_it_is():
    out = io.StringIO()
    with work_progress(console=Console(file=out, width=120)) as progress:
        progress.add_task("Decoding [b] of [/x]", total=1)
    assert "Decoding [b] of [/x]" in out.getvalue()


def test_a_slow_rate_is_not_shown_as_none():
    assert [rate_text(rate) for rate in (0.04, 0.42, 9.94, 57.1, 1_234.5)] == [
        "0.0", "0.4", "9.9", "57", "1,234",
    ]  # fmt: skip


def test_a_log_has_a_line_a_minute_and_a_terminal_none(monkeypatch):
    now_s = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now_s[0])
    log, terminal = io.StringIO(), io.StringIO()
    paces = [
        LoggedPace(Console(file=file, force_terminal=shown, width=120), "files", 10_000, done=4_000)
        for file, shown in ((log, False), (terminal, True))
    ]
    for second in range(150):
        now_s[0] = float(second)
        for pace in paces:
            pace.at(4_000 + 2 * second)
    assert log.getvalue().splitlines() == [
        "4,120 of 10,000 files, 2.0 files/s, 0:49:00 left",
        "4,240 of 10,000 files, 2.0 files/s, 0:48:00 left",
    ]
    assert terminal.getvalue() == ""
