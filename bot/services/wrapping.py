"""How a small or fine-tuned model voices a plain draft, and how the draft is kept from harm."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, nullcontext
from dataclasses import dataclass, field
from unicodedata import east_asian_width

from bot.errors import ChatFailed
from bot.models import ChatMessage, Language, TokenUsage
from bot.ports import ChatModel
from bot.terms import STOPWORDS, query_terms

log = logging.getLogger(__name__)

EN, JA = Language.ENGLISH, Language.JAPANESE

# What the shipped adapter was trained with: another text here needs another adapter.
VOICE: Mapping[Language, str] = {
    EN: "You are Marv: dry, sarcastic, kind underneath. Copy given facts word for word with "
    "their [n]; add only a short remark before and after. Claim nothing yourself.",
    JA: "あなたはMarv。皮肉屋だが根は親切。与えられた事実は[n]ごと一字一句そのまま写し、"
    "前後に短い一言だけ添える。自分では何も主張しない。",
}

OPENERS: Mapping[Language, tuple[str, ...]] = {
    EN: (
        "Fine. I looked it up so you didn't have to.",
        "Straight from the documents, since my own opinion was not requested.",
        "It was written down all along. Imagine that.",
        "Here you go. No, don't get up.",
        "Another mystery solved by reading.",
        "Quoted word for word, because paraphrasing is how rumours start.",
        "You could have searched for this. But then what would I be for?",
        "Brace yourself, the documents actually cover this.",
        "I checked. Twice, because I don't trust myself either.",
        "Somebody wrote this down so that you could ask me anyway.",
        "Ah, an easy one. I was afraid you'd make me think.",
        "Let me recite it with the enthusiasm it deserves.",
        "Against all odds, there is an answer.",
        "This is the part where I pretend it took effort.",
    ),
    JA: (
        "はいはい、調べておきましたよ。",
        "資料にそのまま書いてありました。驚きですね。",
        "どうぞ。お礼は結構です、期待していませんから。",
        "読めば分かる話でしたが、まあいいでしょう。",
        "余計な解釈は加えません。そのまま読み上げます。",
        "わざわざ聞いてくださって光栄です。一応、こちらです。",
        "検索という手もあったのですが、まあ、私の出番ということで。",
        "ご安心ください、ちゃんと書いてありました。",
        "念のため二回確認しました。自分のことも信用していないので。",
        "誰かが丁寧に書いた文章を、私が読み上げる係です。",
        "ああ、簡単な質問で助かりました。",
        "奇跡的に、答えがありました。",
        "苦労したふりをしながらお伝えします。",
        "質問してくださって嬉しいです、たぶん。",
    ),
}

_REQUEST: Mapping[Language, str] = {
    EN: "Question: {question}\nFacts: {facts}",
    JA: "質問: {question}\n事実: {facts}",
}

REMARK_CHARACTERS = 160
HISTORY_MESSAGES = 6

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrapped:
    """A voiced draft; unless ``faithful`` it is the plain draft behind a stock opener."""

    text: str
    faithful: bool
    usage: TokenUsage = field(default_factory=TokenUsage)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrapper:
    """Has a chat model voice facts, and sends the plain facts whenever it touched them.

    A very small model drifts into claims and, in Japanese, into nonsense. With
    a ``vocabulary`` (see ``remark_vocabulary``) its remarks may only use words
    that the people who wrote its training set used in theirs. A ``gate`` says
    how many may wait for it at once: the next one gets the plain facts now
    rather than a voice in a minute. Facts over ``widest_facts`` (a Japanese
    character counts twice) are not given to the model, which would garble them.
    """

    chat: ChatModel
    voice: Mapping[Language, str] = field(default_factory=lambda: VOICE)
    vocabulary: frozenset[str] | None = None
    gate: asyncio.Semaphore | None = None
    widest_facts: int | None = None
    temperature: float = 0.7

    async def wrap(self, *, question: str, facts: str, language: Language) -> Wrapped:
        """Return the facts with an opener and a closer, word for word in any case."""
        messages = wrap_messages(
            question=question, facts=facts, language=language, system_prompt=self.voice[language]
        )
        try:
            reply, usage = await self._voice(messages, facts=facts)
        except ChatFailed:
            log.warning("The voice failed; sending plain facts", exc_info=True)
            reply, usage = "", TokenUsage()
        opener, closer = _remarks(reply, facts) or ("", "")
        known = self.speaks_plainly(opener) and self.speaks_plainly(closer)
        faithful = known and bool(opener or closer)
        if not faithful:
            opener, closer = stock_opener(question, language), ""
        # The facts as they were given: a reply's may differ in blanks and line breaks.
        text = ("\n" if "\n" in facts else " ").join(filter(None, (opener, facts, closer)))
        return Wrapped(text=text, faithful=faithful, usage=usage)

    @property
    def waiting_room(self) -> AbstractAsyncContextManager[None]:
        """Return what to wait in for the model; check ``is_full`` first."""
        return self.gate or nullcontext()

    @property
    def is_full(self) -> bool:
        """Tell whether too many wait for the model already."""
        return self.gate is not None and self.gate.locked()

    async def _voice(
        self, messages: Sequence[ChatMessage], *, facts: str
    ) -> tuple[str, TokenUsage]:
        """Have the reply written; it is empty where too many wait or the facts are too wide."""
        if self.is_full or (self.widest_facts is not None and _width(facts) > self.widest_facts):
            return "", TokenUsage()
        async with self.waiting_room:
            return await self._write(messages, facts=facts)

    def speaks_plainly(self, remark: str) -> bool:
        """Tell whether a remark uses known words only; always true without a vocabulary."""
        return self.vocabulary is None or self.vocabulary.issuperset(_words(remark))

    async def _write(
        self, messages: Sequence[ChatMessage], *, facts: str
    ) -> tuple[str, TokenUsage]:
        """Collect the reply; a reply too long to be faithful is stopped, a cut one is empty."""
        limit = len(facts) + 2 * REMARK_CHARACTERS
        reply, usage, finish_reason = "", TokenUsage(), None
        stream = self.chat.stream(messages, max_tokens=limit, temperature=self.temperature)
        async with aclosing(stream):
            async for delta in stream:
                reply += delta.text
                usage = delta.usage or usage
                finish_reason = delta.finish_reason or finish_reason
                if len(reply) > limit:
                    break
        return (reply.strip() if finish_reason == "stop" else ""), usage


def wrap_messages(
    *, question: str, facts: str, language: Language, system_prompt: str
) -> tuple[ChatMessage, ...]:
    """Return the messages that ask for facts to be voiced, in training as in service."""
    content = _REQUEST[language].format(question=_spaced(question), facts=_spaced(facts))
    return (
        ChatMessage(role="system", content=system_prompt),
        ChatMessage(role="user", content=content),
    )


def chat_messages(
    *, message: str, system_prompt: str, history: Sequence[ChatMessage] = ()
) -> tuple[ChatMessage, ...]:
    """Return the messages for conversation without facts, after at most six of its history."""
    return (
        ChatMessage(role="system", content=system_prompt),
        *history[-HISTORY_MESSAGES:],
        ChatMessage(role="user", content=message),
    )


def wraps_faithfully(reply: str, facts: str) -> bool:
    """Tell whether ``reply`` is ``facts`` word for word between two remarks that claim nothing.

    A claim is a digit, a number word, a citation, a link, a mention, a
    contradiction, or a name that the facts do not have: a capital letter or a
    run of katakana. A claim without any of these passes; so does a name at the
    start of a sentence.
    """
    return _remarks(reply, facts) is not None


def remark_vocabulary(examples: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Return the words and character pairs of hand-written remarks, from (reply, facts) pairs."""
    known: set[str] = set(STOPWORDS)
    for reply, facts in examples:
        for remark in _spaced(reply).split(_spaced(facts)) if facts else [reply]:
            known |= _words(remark)
    return frozenset(known)


def stock_opener(question: str, language: Language) -> str:
    """Return a hand-written opener, the same for the same question."""
    openers = OPENERS[language]
    return openers[hashlib.sha256(question.encode()).digest()[0] % len(openers)]


def _remarks(reply: str, facts: str) -> tuple[str, str] | None:
    """Return the opener and the closer of a faithful reply, None for any other."""
    reply, facts = _spaced(reply), _spaced(facts)
    if not facts or reply.count(facts) != 1:
        return None
    opener, closer = (remark.strip() for remark in reply.split(facts))
    if not (claims_nothing(opener, facts) and claims_nothing(closer, facts)):
        return None
    return opener, closer


def _width(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def _words(remark: str) -> set[str]:
    return set(query_terms(remark))


def _spaced(text: str) -> str:
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
