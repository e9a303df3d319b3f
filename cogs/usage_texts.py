"""What is said of tokens and money, in both languages."""

from __future__ import annotations

from bot.models import Language

EN, JA = Language.ENGLISH, Language.JAPANESE

USAGE: dict[str, dict[Language, str]] = {
    "usage_title": {EN: "Usage in {days} days", JA: "{days} 日間の使用量"},
    "usage_none": {
        EN: "Nothing was used. Either nobody asked, or I thought it all up myself.",
        JA: "何も使われていません。誰も聞かなかったか、全部自分で考えたかのどちらかです。",
    },
    "usage_total": {EN: "Total", JA: "合計"},
    "usage_today": {EN: "Today (UTC)", JA: "今日（UTC）"},
    "usage_members": {EN: "Who used most", JA: "よく使ったメンバー"},
    "usage_models": {EN: "Models", JA: "モデル"},
    "usage_notes": {EN: "Mind", JA: "注意"},
    "usage_amount": {
        EN: "**{cost}** ({calls} calls, {tokens} tokens)",
        JA: "**{cost}**（呼び出し {calls} 回、{tokens} トークン）",
    },
    "cost_unknown": {EN: "cost unknown", JA: "料金不明"},
    "cost_at_least": {EN: "at least {cost}", JA: "{cost} 以上"},
    "usage_of_server": {
        EN: "{percent} % of the budget of {most}",
        JA: "予算 {most} の {percent}%",
    },
    "usage_of_operator": {
        EN: "{percent} % of the operator's budget",
        JA: "運営者の予算の {percent}%",
    },
    "usage_unpriced": {
        EN: "⚠️ Nobody told me what {models} costs. Calls that the sums leave out: {calls}; the "
        "operator can add the price (`prices.yaml`).",
        JA: "⚠️ {models} の料金がわかりません。合計に入っていない呼び出し：{calls} 回。"
        "運営者が料金表（`prices.yaml`）に追加できます。",
    },
    "usage_estimated": {
        EN: "Calls that broke off, and whose tokens I counted myself: {calls}.",
        JA: "途中で切れたため、私が数えたトークンで計算した呼び出し：{calls} 回。",
    },
    "usage_prices": {
        EN: "List prices, checked {day} or later. The provider's invoice is right.",
        JA: "{day} 以降に確認した定価で計算しています。正しいのは提供元の請求書です。",
    },
    "kind_chat": {EN: "answers", JA: "回答"},
    "kind_embedding": {EN: "embeddings", JA: "埋め込み"},
    "kind_rerank": {EN: "ranking", JA: "並べ替え"},
    "kind_training": {EN: "training", JA: "学習"},
    "kind_moderation": {EN: "moderation", JA: "モデレーション"},
    "chart_by_day": {EN: "Usage by day, {first} to {last}", JA: "日別の使用量（{first}～{last}）"},
    "chart_by_member": {
        EN: "Usage by member, {first} to {last}",
        JA: "メンバー別の使用量（{first}～{last}）",
    },
    "chart_by_model": {
        EN: "Usage by model, {first} to {last}",
        JA: "モデル別の使用量（{first}～{last}）",
    },
    "chart_money": {EN: "US dollars", JA: "米ドル"},
    "chart_tokens": {EN: "tokens", JA: "トークン"},
    "chart_others": {EN: "others", JA: "その他"},
    "chart_budget": {EN: "budget of a day", JA: "1日の予算"},
    "alt_by_day": {
        EN: "Bar chart. {title}: {total} in all, the most on {day} with {most}.",
        JA: "棒グラフ。{title}。合計 {total}、最多は {day} の {most}。",
    },
    "alt_ranked": {
        EN: "Bar chart. {title}, from the most to the least: {values}.",
        JA: "棒グラフ。{title}。多い順に {values}。",
    },
    "budget_server": {
        EN: "💸 {percent} % of this server's budget of the day is spent ({spent} of {budget}). It "
        "starts anew at {at} ({when}); without any left, I only search. `/marv usage` shows more.",
        JA: "💸 このサーバーの今日の予算の {percent}% を使いました（{budget} のうち {spent}）。"
        "{at}（{when}）に戻ります。なくなると検索だけになります。詳しくは `/marv usage` で。",
    },
    "budget_operator": {
        EN: "💸 {percent} % of my operator's budget of the day, for all servers together, is "
        "spent. It starts anew at {at} ({when}); without any left, I only search.",
        JA: "💸 全サーバー共通の、運営者の今日の予算の {percent}% を使いました。"
        "{at}（{when}）に戻ります。なくなると検索だけになります。",
    },
}
