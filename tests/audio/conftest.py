import pytest
from encoded_sound import name_of, sweep_in


@pytest.fixture
def written(tmp_path):
    """Write the sweep in one kind."""

    def write_again(kind):
        (path := tmp_path / name_of(kind)).write_bytes(sweep_in(kind))
        return path

    return write_again
