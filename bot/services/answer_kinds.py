"""What kind of answer a question waits for, and whether a sentence has one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum


class AnswerKind(StrEnum):
    """The kinds of answer that a question word announces."""

    NUMBER = "number"
    TIME = "time"
    PERSON = "person"
    PLACE = "place"
    REASON = "reason"
    STEPS = "steps"


K = AnswerKind

# In this order: "how many people" is a number, "what time" a time, "どうして" a reason.
_ASKED: Mapping[AnswerKind, re.Pattern[str]] = {
    K.NUMBER: re.compile(
        r"\bhow (?:many|much|long|old|big|large|tall|far|often|high|heavy|small|fast)\b"
        r"|\bwhat(?:'s| is| are) the (?:price|cost|fee|number|maximum|minimum|limit|size|amount)\b"
        r"|\bwhich (?:port|version|number)\b|\bwhat (?:port|version|number|percentage)\b"
        r"|いくつ|いくら|何(?:人(?!物)|[個回枚件台階位倍本歳才円名章話巻冊点校店軒社種度行字曲番杯分秒週割%％]"
        r"|[ァ-ヶー]+|文字|時間|試合)"
        r"|どれ(?:くらい|ぐらい|だけ|ほど)|どの(?:くらい|ぐらい|程度)|何年間|何日間|番号|何番",
        re.IGNORECASE,
    ),
    K.TIME: re.compile(
        r"\bwhen\b|\bwhat (?:time|day|date|year|month|hours)\b|\bwhich (?:day|date|year|month)\b"
        r"|\buntil what\b|\bopening hours\b|\bdeadline\b"
        r"|いつ|何時|何曜|何月|何日|何年|何世紀|何時代|締め?切",
        re.IGNORECASE,
    ),
    K.PERSON: re.compile(r"\bwho(?:m|se)?\b|誰|だれ|何者|何という(?:人|人物)", re.IGNORECASE),
    K.PLACE: re.compile(
        r"\bwhere\b|\bwhich (?:channel|room|city|country|place|floor|building)\b"
        r"|\bwhat channel\b|どこ|何処|どちら|どの(?:チャンネル|場所|国|都市|部屋|駅)"
        r"|何(?:県|市|国|州|島)",
        re.IGNORECASE,
    ),
    K.REASON: re.compile(
        r"\bwhy\b|\bwhat.*\breason\b|なぜ|何故|どうして|なんで|理由|原因", re.IGNORECASE
    ),
    K.STEPS: re.compile(
        r"\bhow (?:do|can|to|should|would|does one|could)\b|\bwhat (?:do i|should i|must i)\b"
        r"|どうやって|どうすれば|どのように|どうしたら|どうやったら|方法|やり方|手順|仕方",
        re.IGNORECASE,
    ),
}

_MONTH = r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
_MONTHS = rf"(?:{_MONTH}|sep(?:tember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
_NUMBER = (
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|once|twice|dozen"
    r"|hundred|thousand|million|half|unlimited|free|no)\b|[〇一二三四五六七八九十百千万億]+"
    r"|無料|無制限|半分"
)
_HELD: Mapping[AnswerKind, re.Pattern[str]] = {
    K.NUMBER: re.compile(_NUMBER, re.IGNORECASE),
    K.TIME: re.compile(
        rf"\b{_MONTHS}\b|\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|\b\d{{1,2}}:\d\d\b"
        r"|\b\d{1,2} ?[ap]\.?m\b|\b[12]\d{3}\b|\b(?:noon|midnight|morning|evening|daily|weekly"
        r"|monthly|weekends?|weekdays?|hours?|days?|weeks?|months?|years?|minutes?|every|after"
        r"|before|century)\b"
        r"|\d+\s*[年月日時分週秒]|[一二三四五六七八九十]+[年月日時]|[月火水木金土日]曜|毎[年月週日朝晩]"
        r"|世紀|時代|午前|午後|平日|週末|翌[日年週]|初頭|末期|前期|後期|以降|以前",
        re.IGNORECASE,
    ),
    K.PERSON: re.compile(
        r"(?<!^)(?<![.!?] )\b[A-Z][a-z]+|\b(?:team|staff|owner|moderators?|admins?|committee"
        r"|members?|president|manager|captain|host|barista|volunteers?|anyone|everyone|leader"
        r"|treasurer|secretary|only)\b|@\w"
        r"|[氏様者家王帝公卿]|さん|先生|部長|会長|店長|監督|大臣|大統領|スタッフ|メンバー|オーナー"
        r"|管理者|担当|代表|[ァ-ヶー]+・[ァ-ヶー]+|[一-鿿]{3,5}",
    ),
    K.PLACE: re.compile(
        r"#[\w-]+|\b(?:in|at|on|near|under|behind|next to|from|inside|opposite|via) (?:the )?\S"
        r"|\b(?:room|floor|street|channel|building|hall|station|page|folder|website)\b|https?://"
        r"|[都道府県市区町村国州島駅室階館港山川湖海]|チャンネル|部屋|会場|ページ|フォルダ|広場|[東西南北]",
        re.IGNORECASE,
    ),
    K.REASON: re.compile(
        r"\b(?:because|since|due to|so that|in order to|reasons?|otherwise|as it|therefore"
        r"|causes?d?|to (?:keep|avoid|prevent|protect|make|stop|save|give))\b"
        r"|ため|から|ので|理由|原因|よって|より|おかげ|せい",
        re.IGNORECASE,
    ),
    K.STEPS: re.compile(
        r"`|(?<!\w)/\w+|\b(?:use|run|click|open|type|press|go to|ask|send|select|choose|enter|write"
        r"|post|call|add|set|join|create|pass|install|put|fill|contact|tell|bring|turn|pay|book"
        r"|must|should|can|by \w+ing)\b"
        r"|ください|コマンド|クリック|開[きくい]|手順|使[うっい]|入力|選[びぶん]|押[すし]|送[るっり]|申[しす請]"
        r"|により|によって|ことで|方法",
        re.IGNORECASE,
    ),
}
_COUNTED = re.compile(
    r"何([ァ-ヶー]+|[人個回枚件台階位倍本歳円名章巻冊点校社種度曲番分秒%]|文字|時間|試合)"
)


def expected_kind(question: str) -> AnswerKind | None:
    """Return the kind of answer that a question waits for, if it says."""
    text = _folded(question)
    if re.search(r"\bhow (?:long|often)\b|どうして|どのくらいの頻度", text, re.IGNORECASE):
        return K.REASON if "どうして" in text else K.NUMBER
    return next((kind for kind, pattern in _ASKED.items() if pattern.search(text)), None)


def holds(question: str, text: str) -> float:
    """Return 1 when a text has the kind of answer that is asked for, 0 when not, ½ if none is.

    A counted thing (何人, 何メートル) must be counted in the text.
    """
    kind = expected_kind(question)
    if kind is None:
        return 0.5
    text = _folded(text)
    if kind is K.NUMBER and (counted := _COUNTED.search(_folded(question))):
        unit = re.escape(counted[1])
        return float(bool(re.search(rf"(?:{_NUMBER})\s*{unit}", text, re.IGNORECASE)))
    return float(bool(_HELD[kind].search(text)))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text)
