from pathlib import Path

import pytest

from traceapp.confidential.key_store import create_keys, load_keys
from traceapp.confidential.keys import KeyRing


@pytest.fixture
def keys(tmp_path: Path) -> KeyRing:
    create_keys(tmp_path)
    return load_keys(tmp_path)
