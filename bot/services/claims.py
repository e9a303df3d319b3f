"""What a sentence claims that can be looked up: numbers with units, dates, times, names, denials.

Numbers, dates and units are read into one form for both languages, so that
「4月18日」 is found in "18 April" and "24 hours" in 「24時間」.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from bot.glossary import shipped_glossary
from bot.terms import STOPWORDS

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DATE = re.compile(
    rf"\b{_MONTH}\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)"
    rf"|\b(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?\s+{_MONTH.replace('month', 'month2')}\b"
    r"|(?P<month3>\d{1,2})\s*月\s*(?P<day3>\d{1,2})\s*日"
    r"|\b\d{4}-(?P<month4>\d{2})-(?P<day4>\d{2})\b",
    re.IGNORECASE,
)
# Full names with a capital only: may and march are verbs, and "I may" is no date
_MONTH_ALONE = re.compile(
    r"\b(?P<month>January|February|March|April|June|July|August|September|October|November"
    r"|December)\b|(?<!\d)(?P<number>\d{1,2})\s*月(?!\s*\d)"
)
_WEEKDAY = re.compile(
    r"\b(?P<english>mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)days?\b"
    r"|(?P<japanese>[月火水木金土日])曜",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"(?P<before>午前|午後|朝|夜)?\s*(?<![\d:])(?P<hour>\d{1,2})(?:[:：](?P<minute>\d{2})(?![\d:])"
    r"|\s*時(?!間)(?:\s*(?P<minute2>\d{1,2})\s*分|(?P<half>半))?|(?=\s*[ap]\.?m\b))"
    r"(?:\s*(?P<after>[ap])\.?m\b\.?)?",
    re.IGNORECASE,
)
_WORDS: Mapping[str, str] = {
    word: str(n)
    for n, word in enumerate(
        [
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
        ],
        start=2,
    )
} | {"twice": "2", "dozen": "12"}
_WORD_NUMBER = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b", re.IGNORECASE)
_HAN_DIGITS = {digit: n for n, digit in enumerate("〇一二三四五六七八九")}
_COUNTED = "人個回枚件台階位倍本歳円名時分日週月年つ割"
_HAN_NUMBER = re.compile(
    rf"[二三四五六七八九](?:十[一二三四五六七八九]?)?(?=\s*[{_COUNTED}])"
    rf"|十[一二三四五六七八九]?(?=\s*[{_COUNTED}])"
)
_NUMBER = re.compile(r"\d+(?:[,.]\d+)*")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_SCALES = {"万": 10_000, "億": 100_000_000, "k": 1_000, "thousand": 1_000, "million": 1_000_000}
_SCALE = re.compile(r"\s*(万|億|k\b|thousand\b|million\b)", re.IGNORECASE)
_UNITS: Mapping[str, str] = {
    unit: kind
    for kind, names in {
        "second": "second seconds sec secs 秒",
        "minute": "minute minutes min mins 分",
        "hour": "hour hours hr hrs h 時間",
        "day": "day days 日 日間",
        "week": "week weeks 週 週間",
        "month": "month months か月 ヶ月 カ月 ヵ月 箇月",
        "year": "year years 年 年間",
        "percent": "% percent ％ パーセント",
        "dollar": "$ dollar dollars usd ドル",
        "euro": "€ euro euros eur ユーロ",
        "pound": "£ pound pounds gbp ポンド",
        "yen": "¥ ￥ yen jpy 円",
        "metre": "m meter meters metre metres メートル",
        "kilometre": "km kilometer kilometers kilometre kilometres キロメートル",
        "centimetre": "cm centimeters centimetres センチ センチメートル",
        "kilogram": "kg kilo kilos kilogram kilograms キロ キログラム",
        "gram": "g gram grams グラム",
        "byte": "byte bytes バイト",
        "kilobyte": "kb kilobytes キロバイト",
        "megabyte": "mb megabytes メガバイト",
        "gigabyte": "gb gigabytes ギガバイト",
        "person": "person persons people members 人 名",
    }.items()
    for unit in names.split()
}
_UNIT_AFTER = re.compile(
    r"\s*-?\s*(?:"
    + "|".join(
        re.escape(unit) + (r"\b" if unit.isascii() and unit.isalpha() else "")
        for unit in sorted(_UNITS, key=len, reverse=True)
    )
    + ")",
    re.IGNORECASE,
)
_UNIT_BEFORE = re.compile(r"([$€£¥￥])\s*$")
_MARK = re.compile(r"[\[［【]\d{1,3}(?:\s*[,、，]\s*\d{1,3})*[\]］】]")
_NAME = re.compile(
    r"`[^`\n]+`|https?://[^\s<>]+|[\w.+-]+@[\w-]+\.[\w.]+|(?<!\w)#[\w-]{2,}"
    r"|(?<![\w/])/[a-z][\w-]+|(?<![\w.])[A-Za-z_]\w*(?:[._][A-Za-z_]\w*)+|\b[A-Z][\w'’-]*|[ァ-ヴー]{3,}"
)
_INITIAL = re.compile(r"(?:^|[.!?…:;。！？「『\"“(（•\n]|\s[—–-])\s*[\"“'‘*_]*$")
_NOT_NAMES = frozenset(
    [
        "I",
        "I'm",
        "I'll",
        "I've",
        "I'd",
        "OK",
        "Marv",
        "Yes",
        "No",
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ]
)

_ENGLISH_DENIAL = re.compile(
    r"\b(?:not|never|no|none|nobody|nothing|nowhere|neither|nor|without|cannot|unable|forbidden"
    r"|prohibited|banned|disallowed|impossible|unavailable|closed)\b|n['’]t\b",
    re.IGNORECASE,
)
_JAPANESE_NEUTRAL = re.compile(
    r"な(?:ければ|くては|ければば|きゃ|くちゃ|いと)(?:なりません|ならない|なら|いけません|いけない|だめ)"
    r"|ないと(?:いけ|だめ|困)\w*|かもしれ(?:ない|ません)|(?:に|間)違い(?:ない|ありません)"
    r"|しか[^。、]{0,20}?(?:ない|ません|なかった)|じゃない(?:です)?か|ではない(?:です)?か|ませんか"
    r"|少ない|危ない|もったいない|とんでもない|すみません|ほかなら(?:ない|ず)|(?:だけ|のみ)で(?:は)?なく"
)
_JAPANESE_DENIAL = re.compile(
    r"ない(?!で済)|ません|なかった|なく(?!な[るっりれ])|ず(?:に|、|。|$)|ぬ(?:。|$)|不可|禁止|できな|不要|無効|閉鎖|休業"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number in plain digits and the kind of its unit, empty without one."""

    value: str
    unit: str = ""

    def __str__(self) -> str:
        """Return it as a complaint names it."""
        return f"{self.value} {self.unit}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a text claims; a date is "month-day", with the day 0 where only the month is named."""

    quantities: frozenset[Quantity]
    dates: frozenset[str]
    times: frozenset[int]
    names: tuple[str, ...]

    def missing_from(self, source: Claims, text: str) -> tuple[str, ...]:
        """Return what a source, whose text is given too, does not have.

        A number with a unit is there with that unit or with none that is known;
        a time of day may be there on the twelve-hour clock.
        """
        absent = [str(each) for each in self.quantities if not _has(each, source)]
        absent += [each for each in self.dates if each not in source.dates]
        absent += [
            f"{time // 60}:{time % 60:02}"
            for time in self.times
            if not {time, (time + 720) % 1440} & source.times
        ]
        folded = _folded(text)
        absent += [name for name in self.names if not _is_named(name, folded)]
        return tuple(sorted(absent))


def read_claims(text: str) -> Claims:
    """Return what a text claims; its ``[n]`` marks claim nothing."""
    text = unicodedata.normalize("NFKC", _MARK.sub(" ", text))
    names = tuple(dict.fromkeys(_names(text)))
    dates, text = _taken(_DATE, text, _date)
    weekdays, text = _taken(_WEEKDAY, text, _weekday)
    months, text = _taken(_MONTH_ALONE, text, _month)
    times, text = _taken(_TIME, text, _minutes)
    alone = {date.partition("-")[0] + "-0" for date in dates if not date.startswith("weekday")}
    return Claims(
        quantities=frozenset(_quantities(text)),
        dates=frozenset({*dates, *weekdays, *months, *alone}),
        times=frozenset(map(int, times)),
        names=names,
    )


def denials(text: str) -> int:
    """Return how often a text denies something; an even number affirms."""
    text = unicodedata.normalize("NFKC", text)
    rest = _JAPANESE_NEUTRAL.sub("", text)
    return len(_ENGLISH_DENIAL.findall(text)) + len(_JAPANESE_DENIAL.findall(rest))


def _has(quantity: Quantity, source: Claims) -> bool:
    units = {each.unit for each in source.quantities if each.value == quantity.value}
    if not quantity.unit and any(_says(time, quantity.value) for time in source.times):
        return True  # "at nine" is there as 9:00
    return bool(units) and (not quantity.unit or quantity.unit in units or "" in units)


def _says(time: int, value: str) -> bool:
    return time % 60 == 0 and value in (str(time // 60), str((time // 60 + 11) % 12 + 1))


def _is_named(name: str, folded: str) -> bool:
    plain = _folded(name).strip("`")
    if plain in folded or plain.removesuffix("'s") in folded or plain.removesuffix("s") in folded:
        return True
    return any(_folded(other) in folded for other in shipped_glossary().translations(plain))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().replace("’", "'")


def _names(text: str) -> Iterator[str]:
    for match in _NAME.finditer(text):
        name = match[0].removesuffix("'s").removesuffix("’s")
        common = name.casefold() in STOPWORDS or name in _NOT_NAMES or _is_calendar(name)
        starts = name[0].isupper() and name[1:].islower() and _INITIAL.search(text[: match.start()])
        if not common and not starts:
            yield name.rstrip(".,;:!?)")


def _is_calendar(name: str) -> bool:
    return bool(_MONTH_ALONE.fullmatch(name) or _WEEKDAY.fullmatch(name))


def _taken(
    pattern: re.Pattern[str], text: str, read: Callable[[re.Match[str]], str]
) -> tuple[set[str], str]:
    """Return what a pattern's matches mean, and the text without those that mean something."""
    found: set[str] = set()

    def take(match: re.Match[str]) -> str:
        if not (meaning := read(match)):
            return match[0]
        found.add(meaning)
        return " ; "

    rest = pattern.sub(take, text)
    return found, rest


def _date(match: re.Match[str]) -> str:
    month = match["month"] or match["month2"] or match["month3"] or match["month4"]
    day = match["day"] or match["day2"] or match["day3"] or match["day4"]
    return f"{_month_number(month)}-{int(day)}"


def _month(match: re.Match[str]) -> str:
    return f"{_month_number(match['month'] or match['number'])}-0"


def _month_number(month: str) -> int:
    return int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1


def _weekday(match: re.Match[str]) -> str:
    if match["japanese"]:
        return f"weekday {'月火水木金土日'.index(match['japanese'])}"
    return f"weekday {_DAYS.index(match['english'][:3].lower())}"


def _minutes(match: re.Match[str]) -> str:
    """Return a time of day as minutes after midnight, in plain digits."""
    hour = int(match["hour"])
    minute = 30 if match["half"] else int(match["minute"] or match["minute2"] or 0)
    if hour > 24 or minute > 59:
        return ""
    late = match["before"] in ("午後", "夜") or (match["after"] or "").lower() == "p"
    return str((hour % 12 + 12 if late else hour % 24) * 60 + minute)


def _quantities(text: str) -> Iterator[Quantity]:
    text = _WORD_NUMBER.sub(lambda match: _WORDS[match[0].lower()], text)
    text = _HAN_NUMBER.sub(lambda match: str(_han_number(match[0])), text)
    for match in _NUMBER.finditer(text):
        scale = _SCALE.match(text, match.end())
        value = _plain(match[0])
        if scale:
            value = _plain(str(float(value) * _SCALES[scale[1].lower()]))
        end = scale.end() if scale else match.end()
        before, after = _UNIT_BEFORE.search(text, 0, match.start()), _UNIT_AFTER.match(text, end)
        unit = before[1] if before else after[0].strip(" -").lower() if after else ""
        yield Quantity(value=value, unit=_UNITS.get(unit, ""))


def _han_number(han: str) -> int:
    tens, ten, ones = han.rpartition("十")
    if not ten:
        return _HAN_DIGITS[han]
    return _HAN_DIGITS.get(tens, 1) * 10 + _HAN_DIGITS.get(ones, 0)


def _plain(digits: str) -> str:
    """Return a number without grouping and without zeros that say nothing."""
    if _GROUPED.fullmatch(digits):
        digits = digits.replace(",", "")
    if digits.count(".") == 1 and "," not in digits:
        digits = digits.rstrip("0").rstrip(".")
    return digits.lstrip("0") or "0"
