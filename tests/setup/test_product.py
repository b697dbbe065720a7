from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from monserv.errors import StartRefused
from monserv.setup import product
from monserv.setup.places import place

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(product, "IS_INSTALLED", True)


def test_in_a_checkout_everything_lies_around_the_package() -> None:
    assert (product.IS_INSTALLED, product.ROOT) == (False, CHECKOUT)
    assert product.settings_directory() == CHECKOUT


@pytest.mark.usefixtures("installed")
def test_installed_the_settings_are_those_of_the_current_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert product.settings_directory() == tmp_path


@pytest.mark.usefixtures("installed")
def test_a_current_directory_that_is_gone_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(StartRefused, match="current directory is gone"):
        product.settings_directory()


@pytest.mark.usefixtures("installed")
def test_installed_the_data_goes_to_the_users_data_directory(tmp_path: Path) -> None:
    environ = {"XDG_DATA_HOME": str(tmp_path / "xdg")}
    assert place(tmp_path, "instance", None, environ) == tmp_path / "xdg/monserv/instance"
    assert place(tmp_path, "instance", "here", environ) == tmp_path / "here"


def test_nothing_takes_the_place_of_our_own_settings_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [os.fspath(tmp_path), *sys.path])
    product.let_import()
    product.let_import()
    assert sys.path[:2] == [str(CHECKOUT), str(tmp_path)]
