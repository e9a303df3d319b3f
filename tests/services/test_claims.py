"""What a sentence claims, in either language."""

from __future__ import annotations

import pytest

from bot.services.claims import denials, read_claims


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("It takes 24 hours.", "接着剤は24時間で乾きます。"),
        ("24時間かかります。", "It needs 24 hours to dry."),
        ("Doors open at 6:30 pm.", "18:30に開場します。"),
        ("午後6時30分に開場します。", "Doors open at 6:30 p.m."),
        ("It opens at nine.", "Opening hours: 9:00 to 17:00."),
        ("It is on 18 April.", "The regatta: April 18th, 2026."),
        ("4月18日です。", "It starts on 18 April."),
        ("It is in April.", "It starts on 18 April."),
        ("Every Sunday.", "毎週日曜日に集まります。"),
        ("It costs $1,200.", "Price: 1200 dollars"),
        ("It costs 2 million yen.", "費用は200万円です。"),
        ("Bring two friends.", "You may bring 2 friends."),
        ("二十三人まで入れます。", "Room for 23 people."),
        ("Files up to 25 MB.", "25MB 以下のファイル"),
        ("Ask in #harbor-help.", "The channel is #harbor-help."),
        ("Use `/library add-text`.", "Staff type `/library add-text` and a title."),
        ("Emilia keeps the keys.", "The keys are with Emilia."),
        ("It dries in 0.50 hours.", "0.5 hours"),
    ],
)
def test_what_the_source_says_is_found_in_it(claim: str, source: str) -> None:
    assert not read_claims(claim).missing_from(read_claims(source), source)


@pytest.mark.parametrize(
    ("claim", "source", "missing"),
    [
        ("It takes 42 hours.", "It needs 24 hours.", "42 hour"),
        ("It takes 24 days.", "It needs 24 hours.", "24 day"),
        ("24日かかります。", "24時間かかります。", "24 day"),
        ("It is on 19 April.", "It starts on 18 April.", "4-19"),
        ("It is in May 5.", "It starts on 5 June.", "5-5"),
        ("On Mondays.", "毎週日曜日に集まります。", "weekday 0"),
        ("It opens at 8:00.", "It opens at 9:00.", "8:00"),
        ("It costs $12.", "It costs 12 euros.", "12 dollar"),
        ("Then ask Gustav.", "Emilia keeps the keys.", "Gustav"),
        ("Then run `rm -rf`.", "Run `make`.", "`rm -rf`"),
        ("Write to x@evil.example now.", "Write to us.", "x@evil.example"),
        ("鍵はグスタフが持っています。", "鍵はエミリアが持っています。", "グスタフ"),
    ],
)
def test_what_the_source_does_not_say_is_named(claim: str, source: str, missing: str) -> None:
    assert missing in read_claims(claim).missing_from(read_claims(source), source)


def test_a_mark_is_no_number() -> None:
    assert not read_claims("Dogs are welcome. [12]【3】").quantities


def test_may_is_a_month_only_where_it_is_one() -> None:
    assert not read_claims("You may march in, they may say.").dates


@pytest.mark.parametrize(
    ("text", "odd"),
    [
        ("Dogs are welcome.", False),
        ("Dogs aren't welcome.", True),
        ("Dogs are never not welcome.", False),
        ("Dogs are prohibited.", True),
        ("犬は入れません。", True),
        ("犬も入れないわけではない。", False),
        ("予約しなければなりません。", False),
        ("現金しか使えません。", False),
        ("閉まるかもしれません。", False),
        ("立入禁止です。", True),
    ],
)
def test_denials_are_counted(text: str, *, odd: bool) -> None:
    assert denials(text) % 2 == odd
