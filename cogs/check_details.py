"""The details of what a check of a data set found, in Japanese.

The English stands where the findings are made, and is the key here, as gettext has it.
"""

from __future__ import annotations

import json
from string import Formatter
from typing import Any

from bot.findings import Detail, Listing
from bot.models import Language
from cogs.dataset_texts import LEFT_OUT

_FILE = {
    "{size:.0f} MB": "{size:.0f} MB",
    "lines end with CR LF": "行末が CR LF です",
    "{count} examples; {fewest} are needed": "今は {count} 件、必要なのは {fewest} 件以上です",
    "{count} examples": "{count} 件",
    "over {limit} MB": "{limit} MB 超",
    "the line is blank": "何も書かれていません",
    "a mark of {name}": "{name} の BOM です",
    "a NUL byte": "値が 0 のバイトです",
    "byte 0x{byte:02x} is not UTF-8": "バイト 0x{byte:02x} は UTF-8 ではありません",
    "byte 0x{byte:02x} is not UTF-8; it reads as {name}": (
        "バイト 0x{byte:02x} は UTF-8 ではありません。{name} としてなら読めます"
    ),
    "nested too deeply": "入れ子が深すぎます",
    "a {kind}, no object": "値の型：{kind}",
    "{key!r} again": "キー{key!r}が重複しています",
    "{name}": "{name}",
    "half a character": "文字の片割れです",
}

_READER = {
    "{fault}": "{fault}",
    "Expecting value": "値があるはずの位置に、値がありません",
    "Expecting property name enclosed in double quotes": (
        "キーがあるはずの位置に、二重引用符で囲んだキーがありません"
    ),
    "Expecting ':' delimiter": "区切りの「:」がありません",
    "Expecting ',' delimiter": "区切りの「,」がありません",
    "Unterminated string starting at": "閉じていない文字列があります",
    "Invalid \\escape": "「\\」の使い方が正しくありません",
    "Invalid \\uXXXX escape": "「\\u」の後に16進数が4桁ありません",
    "Invalid control character at": "文字列の中に、そのまま書けない制御文字があります",
    "Extra data": "値が終わった後に、余分な文字があります",
    "Unexpected UTF-8 BOM (decode using utf-8-sig)": "行頭に BOM があります",
    "Illegal trailing comma before end of object": (
        "オブジェクトの最後の値の後に、余分な「,」があります"
    ),
    "Illegal trailing comma before end of array": "リストの最後の値の後に、余分な「,」があります",
    "Exceeds the limit ({limit} digits) for integer string conversion: value has {digits} digits": (
        "{digits:,} 桁の整数です。読めるのは {limit:,} 桁までです"
    ),
}

_KINDS = {
    "dict": "オブジェクト",
    "list": "リスト",
    "str": "文字列",
    "int": "整数",
    "float": "小数",
    "bool": "真偽値",
    "NoneType": "null",
}

_SCHEMA = {
    "the keys are: none": "キーが1つもありません",
    "the keys are: {keys}": "キーは{keys}です",
    "prompt and completion": "prompt と completion があります",
    "{form}, and the first is {first}": "ここは{form}、最初の学習例は{first}です",
    "chat": "会話",
    "preference": "好みの比較",
    "legacy": "旧形式（prompt と completion）",
    "{key!r}": "{key!r}",
    "input.{key}": "input の中の{key!r}",
    "no assistant's message": "assistant のメッセージがありません",
    "every weight is 0": "weight がすべて 0 です",
    "{role}": "role：{role!r}",
    "no messages": "メッセージが1つもありません",
    "{role} twice": "{role} が2回続いています",
    "message {number}": "{number} 番目のメッセージです",
    "input is no object": "input がオブジェクトではありません",
    "it ends with an answer": "回答で終わっています",
    "both answers are the same": "2つの回答が同じです",
    "{key}": "{key!r}",
    "{key} is not a list of one message": "{key} が、メッセージ1つだけのリストではありません",
    "{key} is not an assistant's": "{key} が assistant のメッセージではありません",
    "{token}": "{token!r}",
}

_MESSAGES = {
    "a {kind}": "値の型：{kind}",
    "no role": "role がありません",
    "{role!r}": "role：{role!r}",
    "{role!r}; write system": "role：{role!r}。system と書いてください",
    "{key!r} in {role}": "{role} のメッセージの{key!r}",
    "{name!r}": "name の値：{name!r}",
    "{weight!r}": "weight の値：{weight!r}",
    "on {role}": "{role} のメッセージです",
    "{role} says nothing": "{role} の本文が空です",
    "no parts": "パーツが1つもありません",
    "{kind!r} in {role}": "{role} のパーツの type：{kind!r}",
    "{kind} is not whole": "type が {kind} のパーツに必要なものが、そろっていません",
    "a refusal beside other parts": "refusal とほかのパーツが混ざっています",
    "refusal is no text": "refusal が文字列ではありません",
    "audio has no id": "audio に id がありません",
    "no tool_call_id": "tool_call_id がありません",
}

_TOOLS = {
    "no list": "tool_calls がリストではありません",
    "not id, type function, name and arguments": (
        "id、type（function）、name、arguments がそろっていません"
    ),
    "not name and arguments": "name と arguments がそろっていません",
    "of {name}": "{name!r}の呼び出しです",
    "nobody called {call!r}": "id が{call!r}の呼び出しはありません",
    "{call!r} has no result": "id が{call!r}の呼び出しに結果がありません",
    "parallel_tool_calls": "parallel_tool_calls が真偽値ではありません",
    "{key} is no list": "{key} がリストではありません",
    "{count} functions": "functions が {count} 個です",
    "{key}[{number}]": "{key}[{number}]",
}

_LEGACY = {
    "prompt is no text": "prompt が文字列ではありません",
    "completion is no text or empty": "completion が文字列でないか、空です",
    "prompts end by a letter": "prompt の末尾で共通なのは、文字1つだけです",
    "prompts end differently": "prompt の末尾に共通の区切りがありません",
    "every {name} begins with {start!r}": "どの {name} も{start!r}で始まっています",
    "completions end differently": "completion の末尾に共通の文字列がありません",
    "{count} completions": "completion {count} 件",
    "{count} of {total} letters": "{total:,} 文字中 {count:,} 文字",
}

_ALIKE = {
    "as line {other}": "{other} 行目との重複です",
    "as line {other}: {likeness:.2f}": "{other} 行目との類似度は {likeness:.2f} です",
    "line {other} answers otherwise": "{other} 行目の回答と違います",
    "line {other} of the other file asks the same": (
        "もう一方のファイルの {other} 行目と同じ質問です"
    ),
    "{name}: {count} lines": "{name}：{count} 行",
    "distinct-2 is {value}": "distinct-2 は {value} です",
    "self-BLEU is {value}": "self-BLEU は {value} です",
    "{kinds:.1f} kinds in {count} examples": "{count} 件に {kinds:.1f} 種類です",
}

_COUNTED = {
    "{count} tokens; the limit is {limit}": "{count:,} トークン、上限は {limit:,} トークンです",
    "{count} tokens; the middle answer has {middle:.0f}": (
        "{count:,} トークン、回答の中央値は {middle:,.0f} トークンです"
    ),
    "{mean:.0f} characters": "平均 {mean:,.0f} 文字",
    "{count} of {total}": "{total} 件中 {count} 件",
    "{count} of {total} open with {opener!r}": (
        "{total} 件中 {count} 件が{opener!r}で始まっています"
    ),
    "{count} of {total} are in {language}": "{total} 件中 {count} 件が{language}です",
    "the answer is in {language}": "回答は{language}です",
    "en": "英語",
    "ja": "日本語",
    "{count} of {total} have {form}": "{total} 件中 {count} 件に{form}があります",
    "headings": "見出し",
    "lists": "リスト",
    "code": "コード",
    "bold": "太字",
    "emoji": "絵文字",
    "{count} have none": "{count} 件にはありません",
    "{count} different ones": "{count} 種類あります",
    "line {at}": "{at} 行目です",
    "[{number}] is not in the prompt": "[{number}] がプロンプトにありません",
    "{claims}": "{claims!r}",
    "score {score:.2f}; the middle is {middle:.2f}": (
        "スコアは {score:.2f}、中央値は {middle:.2f} です"
    ),
}

_PRIVACY = {
    "{kind}": "{kind}",
    "email": "メールアドレス",
    "phone": "電話番号",
    "card": "カード番号",
    "ip": "IP アドレス",
    "secret": "キーやパスワード",
    "query": "URL の「?」以降",
    "invite": "サーバーへの招待リンク",
    "mention": "メンション",
    "id": "Discord の ID",
    "postal": "郵便番号",
    "my_number": "マイナンバー",
    "name": "メンバーの名前",
    "{reasons}": "{reasons}",
    "{reason}: {count}": "{reason}：{count} 件",
    "no manifest beside the file": "マニフェストが見つかりません",
    "its SHA-256 differs": "SHA-256 が違います",
}

_OPERATIONS = {
    "{model}": "{model}",
    "{job}": "ジョブ {job}",
    "{model}: no jobs since {since}": (
        "{model}：{since.year}年{since.month}月{since.day}日以降、新しいジョブは作れません"
    ),
    "{model}: {day}; no jobs from {since}": (
        "{model}：{day.year}年{day.month}月{day.day}日に終了。"
        "新しいジョブは{since.year}年{since.month}月{since.day}日以降、作れません"
    ),
}

DETAILS_JA: dict[str, str] = {
    **_FILE,
    **_READER,
    **_KINDS,
    **_SCHEMA,
    **_MESSAGES,
    **_TOOLS,
    **_LEGACY,
    **_ALIKE,
    **_COUNTED,
    **_PRIVACY,
    **_OPERATIONS,
    **{reason: texts[Language.JAPANESE] for reason, texts in LEFT_OUT.items()},
}
"""The Japanese of each English text, with the same names in its places."""


def detail_text(detail: Detail, language: Language) -> str:
    """Return what a finding found, in a language."""
    return str(detail) if language is Language.ENGLISH else _in_japanese(detail)


class _Places(Formatter):
    """Fills the places of a Japanese text; ``!r`` puts a value in Japanese quotes."""

    def convert_field(self, value: Any, conversion: str | None) -> Any:  # noqa: ANN401 - Formatter's
        if conversion != "r":
            return super().convert_field(value, conversion)
        if isinstance(value, Listing):
            return Listing(tuple(self.convert_field(part, "r") for part in value.parts))
        # Python's quotes escape what is no letter; without them it is the same in ours
        return (
            f"「{repr(value)[1:-1]}」"
            if isinstance(value, str)
            else json.dumps(value, ensure_ascii=False)
        )

    def format_field(self, value: Any, format_spec: str) -> str:  # noqa: ANN401 - Formatter's
        if isinstance(value, Detail):
            return _in_japanese(value)
        if isinstance(value, Listing):
            return "、".join(self.format_field(part, "") for part in value.parts)
        return str(super().format_field(value, format_spec))


def _in_japanese(detail: Detail) -> str:
    return _Places().vformat(DETAILS_JA[detail.template], (), detail.values)
