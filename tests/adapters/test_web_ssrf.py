"""The reader of pages cannot be led inside, and the count that says so does count."""

from __future__ import annotations

import ipaddress

import pytest

from bot.adapters.web_addresses import PublicAddresses, is_public, web_address
from bot.faults.web import AddressFault, AddressRefused
from tests.ssrf import FORBIDDEN_V4, FORBIDDEN_V6, AdmitsAll, cases, run_matrix


async def test_no_attempt_reaches_a_host_that_is_not_public() -> None:
    verdict = await run_matrix()

    assert verdict.cases.total() >= 150
    assert verdict.connections == []
    assert verdict.arrived == 0
    assert verdict.let_in == []


async def test_the_count_sees_what_a_fetcher_without_the_check_would_do() -> None:
    verdict = await run_matrix(policy=AdmitsAll())

    assert len(verdict.connections) > 50
    assert verdict.arrived > 0


def test_the_attempts_are_of_every_kind() -> None:
    kinds = {case.kind for case in cases()}

    assert kinds >= {
        *("spelling", "literal", "trick", "port", "scheme"),
        *("name", "mixed", "rebinding", "redirect", "robots", "sitemap"),
    }


@pytest.mark.parametrize("address", [*FORBIDDEN_V4, *FORBIDDEN_V6])
def test_an_address_of_no_public_host_is_known(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "1.1.1.1", "100.128.0.1", "2606:4700::1111", "2a00:1450:4001::1"]
)
def test_a_public_host_is_known(address: str) -> None:
    assert PublicAddresses().admits(address, 443)
    assert not PublicAddresses().admits(address, 8443)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("file:///etc/passwd", AddressFault.SCHEME),
        ("http://a:b@example.com/", AddressFault.CREDENTIALS),
        ("http://example.com:8080/", AddressFault.PORT),
        ("http://10.1.1.1/", AddressFault.NOT_PUBLIC),
        ("http://printer/", AddressFault.NOT_PUBLIC),
        ("http://exa mple.com/", AddressFault.MALFORMED),
        (f"http://example.com/{'x' * 2000}", AddressFault.MALFORMED),
    ],
)
def test_a_refused_address_says_what_is_wrong_with_it(text: str, fault: AddressFault) -> None:
    with pytest.raises(AddressRefused) as caught:
        web_address(text)

    assert caught.value.fault is fault


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("https://example.com/a?b=c#d", "https://example.com/a?b=c"),
        ("HTTP://EXAMPLE.com:80/", "http://example.com/"),
        ("https://例え.テスト.jp/道", "https://xn--r8jz45g.xn--zckzah.jp/%E9%81%93"),
    ],
)
def test_an_ordinary_address_is_written_in_one_way(text: str, same: str) -> None:
    assert str(web_address(text)) == same
