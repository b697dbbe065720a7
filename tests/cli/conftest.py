from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from monserv.cli import commands
from tests.cli.typing import STRANGE, Said, Type


@pytest.fixture
def typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Type]:
    """Type a command, in this process, with settings of its own."""
    # Commands that make files for their user alone say so to the whole process.
    mask = os.umask(0o022)
    for name in STRANGE:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MONSERV_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr("monserv.setup.signals.as_usual", lambda: None)

    def type_it(*words: str, **settings: str) -> Said:
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(SystemExit) as ended:
            commands.main(words)
        output = capsys.readouterr()
        return Said(ended.value.code, output.out, output.err)

    yield type_it
    os.umask(mask)
