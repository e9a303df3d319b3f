"""What Marv needs of the outside world, as protocols that adapters fulfil: a module a subject."""

from bot.ports.channels import ChannelStore
from bot.ports.conversations import ConversationLog
from bot.ports.evaluation import (
    ChartPainter,
    Clusterer,
    RankingMeasures,
    SarcasmJudge,
    SarcasmTrainer,
)
from bot.ports.library import DocumentParser, Library, PassageIndex
from bot.ports.log import ExampleStore, TurnLog, VoteStore
from bot.ports.models import ChatModel, Embedder, Reranker, TokenCounter, Vectors
from bot.ports.staff import InquiryStore, OpenQuestionLog, SettingsStore
from bot.ports.web import SourceStore, WebFetcher

__all__ = [
    "ChannelStore",
    "ChartPainter",
    "ChatModel",
    "Clusterer",
    "ConversationLog",
    "DocumentParser",
    "Embedder",
    "ExampleStore",
    "InquiryStore",
    "Library",
    "OpenQuestionLog",
    "PassageIndex",
    "RankingMeasures",
    "Reranker",
    "SarcasmJudge",
    "SarcasmTrainer",
    "SettingsStore",
    "SourceStore",
    "TokenCounter",
    "TurnLog",
    "Vectors",
    "VoteStore",
    "WebFetcher",
]
