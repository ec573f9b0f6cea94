import pandas as pd
import pytest

from instrument_net.own_table import read_own_table

TEXTS = ["NA", "None", "nan", "null", "N/A", "01", "1e5", "true", "", "1", "-inf", 'a "b", c']


def test_text_comes_back_as_it_was_written_and_numbers_as_numbers(tmp_path):
    n = len(TEXTS)
    written = pd.DataFrame(
        {"path": TEXTS, "label": TEXTS, "start_s": [0.5] * n, "duration_s": [float("nan")] * n}
    )
    written.to_csv(tmp_path / "t.csv", index=False)
    table = read_own_table(tmp_path / "t.csv")
    assert table["label"].tolist() == table["path"].tolist() == TEXTS
    assert table["start_s"].tolist() == [0.5] * n
    assert table["duration_s"].isna().all()


@pytest.mark.parametrize("content", ["", "start_s\nsoon\n", "a,b\n1,2\n3,4,5,6\n"])
def test_what_is_no_such_table_is_refused(tmp_path, content):
    (tmp_path / "t.csv").write_text(content)
    with pytest.raises(ValueError):  # noqa: PT011 -- worded by pandas
        read_own_table(tmp_path / "t.csv")
