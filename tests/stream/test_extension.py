"""What a client's offers lead to: RFC 6455, section 9.1, and RFC 7692, sections 5 and 7.1."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monserv.stream.extension import Agreement, agree
from monserv.stream.forms import (
    WEB_SOCKET,
    WEB_SOCKET_CHAINED,
    WEB_SOCKET_CHAINED_4K,
    WEB_SOCKET_DEFLATE,
    WEB_SOCKET_DEFLATE_4K,
    Form,
)

USUAL = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"


@pytest.mark.parametrize(
    "offers",
    [
        pytest.param("permessage-deflate", id="bare"),
        pytest.param("permessage-deflate; client_max_window_bits", id="as browsers do"),
        pytest.param("permessage-deflate; client_max_window_bits=8", id="a small client"),
        pytest.param(USUAL, id="what is answered"),
        pytest.param(
            ' permessage-deflate ;client_max_window_bits = "10" ', id="quoted, odd spaces"
        ),
        pytest.param("x-webkit-deflate-frame, permessage-deflate", id="another one first"),
        pytest.param(
            "permessage-deflate; server_max_window_bits=8, permessage-deflate", id="second"
        ),
        pytest.param("permessage-deflate; oops=1, permessage-deflate", id="unknown in the first"),
        pytest.param(",, permessage-deflate,", id="empty elements"),
        pytest.param('"a, b"; permessage-deflate, permessage-deflate', id="nonsense before"),
    ],
)
def test_a_client_that_offers_it_gets_it_without_context_takeover(offers: str) -> None:
    assert agree(offers) == Agreement(USUAL, WEB_SOCKET_DEFLATE)


@pytest.mark.parametrize(
    ("asked", "answered", "form"),
    [
        ("12", "12", WEB_SOCKET_DEFLATE_4K),
        ('"12"', "12", WEB_SOCKET_DEFLATE_4K),
        ("13", "12", WEB_SOCKET_DEFLATE_4K),
        ("14", "12", WEB_SOCKET_DEFLATE_4K),
        ("15", "15", WEB_SOCKET_DEFLATE),
    ],
)
def test_a_client_that_asks_for_a_window_gets_that_one_or_a_smaller_one(
    asked: str, answered: str, form: Form
) -> None:
    found = agree(f"permessage-deflate; server_max_window_bits={asked}; client_max_window_bits=12")

    assert found == Agreement(f"{USUAL}; server_max_window_bits={answered}", form)


CHAINED = "permessage-deflate; client_no_context_takeover"


@pytest.mark.parametrize(
    ("asked", "agreement"),
    [
        ("", Agreement(CHAINED, WEB_SOCKET_CHAINED)),
        (
            "; server_max_window_bits=15",
            Agreement(f"{CHAINED}; server_max_window_bits=15", WEB_SOCKET_CHAINED),
        ),
        (
            "; server_max_window_bits=13",
            Agreement(f"{CHAINED}; server_max_window_bits=12", WEB_SOCKET_CHAINED_4K),
        ),
        ("; client_no_context_takeover", Agreement(CHAINED, WEB_SOCKET_CHAINED)),
        ("; server_no_context_takeover", Agreement(USUAL, WEB_SOCKET_DEFLATE)),
        (
            "; server_max_window_bits=14; server_no_context_takeover",
            Agreement(f"{USUAL}; server_max_window_bits=12", WEB_SOCKET_DEFLATE_4K),
        ),
        ("; server_no_context_takeover, permessage-deflate", Agreement(USUAL, WEB_SOCKET_DEFLATE)),
        ("; server_max_window_bits=9", Agreement("", WEB_SOCKET)),
    ],
)
def test_where_messages_may_refer_to_others_they_do_unless_the_client_remembers_none(
    asked: str, agreement: Agreement
) -> None:
    offers = f"permessage-deflate; client_max_window_bits{asked}"
    assert agree(offers, may_chain=True) == agreement


@pytest.mark.parametrize(
    "offers",
    [
        "",
        " , ;",
        "permessage-bzip2",
        "PERMESSAGE-DEFLATE",
        "permessage-deflate-frame",
        "permessage-deflate;",
        "permessage-deflate; ;",
        "permessage-deflate; server_no_context_takeover=1",
        "permessage-deflate; server_no_context_takeover=",
        'permessage-deflate; client_no_context_takeover=""',
        "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
        "permessage-deflate; client_max_window_bits; client_max_window_bits=10",
        "permessage-deflate; server_max_window_bits",
        "permessage-deflate; server_max_window_bits=",
        *(
            f"permessage-deflate; {side}_max_window_bits={bits}"
            for side in ("server", "client")
            for bits in (
                "7",
                "16",
                "015",
                "1 2",
                "-9",
                "+12",
                "1e1",
                '"12',
                '"',
                "\u0661\u0662",
                "x",
            )
        ),
        *(f"permessage-deflate; server_max_window_bits={bits}" for bits in ("8", "9", "10", "11")),
        "permessage-deflate; mystery",
        "permessage-deflate; =",
        "permessage-deflate; server_max_window_bits=12=12",
        'permessage-deflate; client_max_window_bits="1,0"',
        "permessage-deflate\x00",
    ],
)
def test_an_offer_that_is_malformed_or_asks_for_what_is_not_there_leads_to_none(
    offers: str,
) -> None:
    assert agree(offers) == Agreement("", WEB_SOCKET)


NAMES = (
    "permessage-deflate server_max_window_bits client_max_window_bits client_no_context_takeover"
)
WORDS = st.sampled_from([*NAMES.split(), "9", "12", "15", *'=;, \tx\xff"'])


@given(st.lists(WORDS, max_size=20).map("".join) | st.text(max_size=60))
def test_whatever_is_offered_one_of_four_answers_is_given(offers: str) -> None:
    assert agree(offers).header in {
        "",
        USUAL,
        *(f"{USUAL}; server_max_window_bits={bits}" for bits in (12, 15)),
    }
