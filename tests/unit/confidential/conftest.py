from pathlib import Path

import pytest

from traceapp.confidential.keys import KeyRing, create_keys, load_keys


@pytest.fixture
def keys(tmp_path: Path) -> KeyRing:
    create_keys(tmp_path)
    return load_keys(tmp_path)
