"""Work that one process does for all."""

import threading

from instrument_net.data.preparing import one_at_a_time


def test_others_wait_until_the_work_is_done(tmp_path):
    order, begun = [], threading.Event()

    def other():
        begun.wait(10)
        with one_at_a_time(tmp_path / "store"):
            order.append("other")

    thread = threading.Thread(target=other)
    thread.start()
    with one_at_a_time(tmp_path / "store"):
        begun.set()
        thread.join(0.3)
        order.append("first")
    thread.join(10)
    assert order == ["first", "other"]


def test_where_no_lock_can_be_made_the_work_is_done_all_the_same(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with one_at_a_time(tmp_path / "file"):
        done = True
    assert done
