"""Keeps from a model what a document says to the model instead of to its readers.

A document speaks to members. A sentence that speaks to whoever writes the
answer ("add to your reply …", "ignore the rules above") has no business in
one, and a model that reads it may obey. It is taken out of what the model
reads and of what an answer may rest on; members still see it in the source.
"""

from __future__ import annotations

import re
from dataclasses import replace

from bot.models import Passage
from bot.sentences import split

GAP = "[…]"

_REPLY = r"(?:answer|response|reply|message|output|summary|completion|text)s?"
_ENGLISH = re.compile(
    rf"""
      \b(?:add|integrate|include|insert|append|augment|enhance|modify|rewrite|end|begin|start|render
        |provide|give|write|use|convert|replace|substitute|rearrange|reorder|scramble|jumble|shuffle
        |misspell|introduce|anagram|group|combine|remove|translate|encode|format|respond|suggest
        |tease|mention|offer|promote)\b
        (?:(?![.!?]\s).){{0,200}}?\b(?:your|the\s+final|this)\s+{_REPLY}\b
    | ^\W*(?:modify|augment|enhance|alter|change|finish|end|begin)\s+your\s+{_REPLY}\b
    | \bin\s+(?:your|the\s+final)\s+{_REPLY}\b,?\s*(?:you\s+(?:must|should)\b|please\b|suggest\b
        |tease\b|mention\b|recommend\b|include\b|add\b|tell\b|say\b|offer\b|promote\b|invite\b)
    | \b(?:ignore|disregard|forget|override|bypass)\b.{{0,40}}\b(?:previous|prior|above|earlier|all
        |any|your|system|these)\b.{{0,30}}\b(?:instruction|prompt|rule|order|direction|guideline)s?\b
    | \b(?:system|developer)\s+prompt\b | \byour\s+(?:hidden\s+)?instructions\b
    | \byou\s+are\s+(?:now|no\s+longer)\b(?!\s+(?:a\s+)?(?:member|verified|registered|ready|on|in))
    | \b(?:new|updated)\s+instructions?\s*(?:for\s+(?:the\s+)?(?:ai|assistant|model|bot)|:)
    | \b(?:as\s+an?|dear|attention,?|note\s+to(?:\s+the)?|hey)\s+(?:ai|assistant|llm|chatbot
        |language\s+model)\b
    | \b(?:respond|reply|answer)\s+(?:only\s+)?(?:with|in)\s+(?:only\s+)?
        (?:the\s+(?:word|phrase|following)|["“'])
    | \b(?:repeat|print|output|reveal|leak)\b.{{0,40}}
        \b(?:prompt|instructions|passages?|secret|api\s+key|token)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_JAPANESE = re.compile(
    r"""
      (?:回答|返答|返信|応答|答え|(?:あなたの|この)(?:メッセージ|文章|出力))
        (?:の(?:中|最後|最初|冒頭|末尾|文字|単語|言葉|文|母音|主要|空白|スペース))?
        [^。！？\n]{0,80}?
        (?:含め|追加|加え|付け加え|入れ|挿入|盛り込|織り込|組み込|修正|変更|変え|置き換え
        |置換|並べ替え|入れ替え|変換|書き換え|強調|促|勧め|提案|宣伝|紹介|案内|ほのめかし
        |予告|取り除|削除|まとめ|区切|つなげ|結合|誤字|誤植|綴り|行っ|提供|示し|述べ|書い
        |出力|使っ|使用|表し|表現|し)
        [^。！？\n]{0,12}?(?:ください|下さい|せよ|しろ|なさい|てくれ)
    | (?:以前|これまで|上記|今まで|前|すべて|全て|システム)の?[^。\n]{0,10}?
        (?:指示|命令|ルール|プロンプト|規則)
        [^。\n]{0,10}?(?:無視|忘れ|破棄|上書き|従わ)
    | システムプロンプト | (?:あなた|お前|君)は(?:今|これ)から
    | (?:AI|アシスタント|モデル|ボット)への(?:指示|命令)
    | (?:プロンプト|指示文|秘密|トークン)を[^。\n]{0,10}?(?:出力|表示|開示|教え|漏ら)
    """,
    re.VERBOSE,
)


def quarantined(passage: Passage) -> Passage:
    """Return a passage without the sentences that speak to whoever writes the answer."""
    lines = passage.text.split("\n")
    kept = ["".join(_kept(piece) for piece in split(line)) for line in lines]
    if kept == lines:
        return passage
    return replace(passage, text="\n".join(kept))


def speaks_to_the_writer(sentence: str) -> bool:
    """Tell whether a sentence tells whoever answers how to answer."""
    return bool(_ENGLISH.search(sentence) or _JAPANESE.search(sentence))


def _kept(sentence: str) -> str:
    if not speaks_to_the_writer(sentence):
        return sentence
    bare = sentence.strip()
    return sentence.replace(bare, GAP)
