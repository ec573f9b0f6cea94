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


def test_the_rate_is_that_of_the_whole_time_and_of_what_was_done_in_it():
    """Results come many at a time; what a resumed command found done is not of its time."""
    now_s = 0.0
    out = io.StringIO()
    progress = work_progress("files", Console(file=out, width=120))
    progress.get_time = progress.live.get_time = lambda: now_s
    with progress:
        bar = progress.add_task("Classifying", total=1_040, completed=1_000)
        shown = []
        for now_s in (8.0, 20.0):
            for _ in range(20):
                now_s += 1e-6
                progress.advance(bar)
            shown.append(progress.columns[3].render(progress.tasks[0]).plain)
    assert shown == ["2.5 files/s", "2.0 files/s"]
    assert "1040/1040 2.0 files/s" in out.getvalue()


def test_nothing_done_has_no_rate():
    with work_progress(console=Console(file=io.StringIO())) as progress:
        progress.add_task("Decoding", total=3, completed=2)
        assert progress.columns[3].render(progress.tasks[0]).plain == "- clips/s"


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
