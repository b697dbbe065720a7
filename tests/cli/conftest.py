from __future__ import annotations

from pathlib import Path

import pytest

from monserv.cli import commands
from tests.cli.typing import STRANGE, Said, Type


@pytest.fixture
def typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Type:
    """Type a command, in this process, with settings of its own."""
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

    return type_it
