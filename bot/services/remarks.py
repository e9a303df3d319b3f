"""Remarks: what may stand beside facts because it states nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.terms import STOPWORDS, query_terms

REMARK_CHARACTERS = 160

_FORBIDDEN = re.compile(
    r"""
      \d | [\[\]<>@#`|*_{}] | :// | www\. | \b\w+\.(?:com|org|net|gg|io|jp)\b
    | \b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand
        |million|billion|half|percent)s?\b
    | [〇二三四五六七八九十百千万億兆]+\s*[時分秒日週月年円人個枚台件歳本倍階席名割％]
    | \b(?:untrue|false|wrong|incorrect|kidding|lie|lies|lying)\b | \bnot\s+true\b
    | \A(?:i\s+don['’]t\s+know|no\s+idea|わかりません|分かりません|知りません)
    | 嘘 | ウソ | 間違い | 間違って | 冗談
    """,
    re.IGNORECASE | re.VERBOSE,
)
_NAME = re.compile(r"(?<![^\W\d])[A-Z][\w'’]*")
_SENTENCE_START = re.compile(r"(?:^|[.!?…:。！？「」\"“”(]|\s[—–-])\s*$")
_KATAKANA = re.compile(r"[ァ-ヺー]{3,}")
_OWN_WORDS = frozenset({"I", "I'm", "I'll", "I've", "I'd", "Marv", "Marv's", "OK"})
# Loanwords that name nobody; any other run of katakana could be a name.
_PLAIN_KATAKANA = frozenset(
    re.findall(
        r"\S+",
        """
        アプリ イベント エラー カーソル カード カレンダー キーボード クイズ クリック ケーキ
        ゲーム コード コーヒー コピー コピペ コマンド コミット サーバー サービス サンダル
        システム スクロール スタッフ スロー セーブ センス タイミング チャンネル チャンス データ
        テスト トマト ドキュメント ドラマ ニュース ニワトリ ノート パスワード パソコン パターン
        パン ヒント ファイル プリン プログラム プロジェクト ペース ペット ペンギン ページ ボタン
        マニュアル ミステリー ミス メール メッセージ メモ メンバー モチベーション ユーザー
        ランチ ルール レベル ロボット
        """,
    )
)


def wraps_faithfully(reply: str, facts: str) -> bool:
    """Tell whether ``reply`` is ``facts`` word for word between two remarks that claim nothing.

    A claim is a digit, a number word, a citation, a link, a mention, a
    contradiction, or a name that the facts do not have: a capital letter or a
    run of katakana. A claim without any of these passes; so does a name at the
    start of a sentence.
    """
    return parts_around(reply, facts) is not None


def remark_vocabulary(examples: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Return the words and character pairs of hand-written remarks, from (reply, facts) pairs."""
    known: set[str] = set(STOPWORDS)
    for reply, facts in examples:
        for remark in spaced(reply).split(spaced(facts)) if facts else [reply]:
            known |= remark_words(remark)
    return frozenset(known)


def parts_around(reply: str, facts: str) -> tuple[str, str] | None:
    """Return the opener and the closer of a faithful reply, None for any other."""
    reply, facts = spaced(reply), spaced(facts)
    if not facts or reply.count(facts) != 1:
        return None
    opener, closer = (remark.strip() for remark in reply.split(facts))
    if not (claims_nothing(opener, facts) and claims_nothing(closer, facts)):
        return None
    return opener, closer


def remark_words(remark: str) -> set[str]:
    """Return the words of a remark, of Japanese its character pairs."""
    return set(query_terms(remark))


def spaced(text: str) -> str:
    """Return a text in one line, its words one blank apart."""
    return " ".join(text.split())


def claims_nothing(remark: str, facts: str) -> bool:
    """Tell whether a remark has no mark of a claim that ``facts`` lacks, and is short."""
    if len(remark) > REMARK_CHARACTERS or _FORBIDDEN.search(remark):
        return False
    loanwords = (word for word in _KATAKANA.findall(remark) if word not in _PLAIN_KATAKANA)
    return all(word in facts for word in (*_names(remark), *loanwords))


def _names(remark: str) -> tuple[str, ...]:
    """Return the capitalised words of a remark that do not just start a sentence."""
    return tuple(
        word[0]
        for word in _NAME.finditer(remark)
        if word[0].replace("’", "'") not in _OWN_WORDS
        and not _SENTENCE_START.search(remark[: word.start()])
    )
