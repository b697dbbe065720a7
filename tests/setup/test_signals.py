from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from monserv.setup import signals


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in signals.ENDING}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_ctrl_c_at_a_question_is_an_exception_again() -> None:
    signals.let_in()
    assert signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    signals.as_usual()
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
