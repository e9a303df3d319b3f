"""What the tuning commands say, in both languages."""

from __future__ import annotations

from bot.models import Language

EN, JA = Language.ENGLISH, Language.JAPANESE

TUNING: dict[str, dict[Language, str]] = {
    "tune_models": {EN: "What can be tuned", JA: "チューニングできるモデル"},
    "tune_model_free": {EN: "on this machine, free", JA: "このマシン上・無料"},
    "tune_model_price": {
        EN: "${usd:.2f} a million tokens of an epoch (price of {day})",
        JA: "1エポック100万トークンあたり ${usd:.2f}（{day} の価格）",
    },
    "tune_model_unpriced": {EN: "price unknown", JA: "価格不明"},
    "tune_model_ends": {EN: "shut down on {day}", JA: "{day} に終了"},
    "tune_no_models": {
        EN: "Nothing to tune here.",
        JA: "ここでチューニングできるものはありません。",
    },
    "tune_start_title": {EN: "Train {model} on {version}?", JA: "{version} で {model} を学習？"},
    "tune_data": {EN: "Data", JA: "データ"},
    "tune_rows": {
        EN: "{rows} rows, {tokens} tokens an epoch; {validation} rows to validate",
        JA: "{rows} 行・1エポック {tokens} トークン、検証用 {validation} 行",
    },
    "tune_few_rows": {
        EN: "⚠️ OpenAI advises at least {advised} rows.",
        JA: "⚠️ OpenAI は {advised} 行以上を勧めています。",
    },
    "tune_options": {EN: "Options", JA: "設定"},
    "tune_options_line": {
        EN: "{method}, {epochs} epochs{rest}",
        JA: "{method}、{epochs} エポック{rest}",
    },
    "tune_cost": {EN: "Cost", JA: "費用"},
    "tune_cost_free": {
        EN: "Nothing but this machine's time: about {minutes} min on two cores.",
        JA: "このマシンの時間だけ（2コアで約 {minutes} 分）。",
    },
    "tune_cost_about": {EN: "about {cost} (prices of {day})", JA: "約 {cost}（{day} の価格）"},
    "tune_cost_unknown": {
        EN: "nobody knows what this model costs: see the trainer's price list",
        JA: "このモデルの費用は不明です。学習サービスの価格表を確認してください",
    },
    "tune_ends": {
        EN: "⚠️ What comes of it stops answering on {day}.",
        JA: "⚠️ できあがったモデルは {day} に応答しなくなります。",
    },
    "tune_same": {
        EN: "Job #{id} was made of the same data with the same options: {status}.",
        JA: "同じデータ・同じ設定のジョブ #{id} があります: {status}。",
    },
    "tune_confirm": {EN: "Train", JA: "学習する"},
    "tune_not": {EN: "Leave it", JA: "やめる"},
    "tune_left": {EN: "Nothing was started.", JA: "何も始めていません。"},
    "tune_started": {
        EN: "Job #{id} is under way. I'll say here how it goes. Contain your excitement.",
        JA: "ジョブ #{id} を始めました。経過はここでお知らせします。期待はほどほどに。",
    },
    "tune_jobs": {EN: "Fine-tuning jobs", JA: "ファインチューニングのジョブ"},
    "tune_no_jobs": {
        EN: "No job yet: `/dataset freeze`, then `/tune start`.",
        JA: "ジョブはまだありません。`/dataset freeze` のあと `/tune start` をどうぞ。",
    },
    "tune_job": {EN: "Job #{id}: {version} → {model}", JA: "ジョブ #{id}: {version} → {model}"},
    "tune_status": {EN: "Status", JA: "状態"},
    "tune_result": {EN: "Model", JA: "モデル"},
    "tune_loss": {EN: "Loss", JA: "損失"},
    "tune_losses": {
        EN: "training {first} → {last}",
        JA: "学習 {first} → {last}",
    },
    "tune_valid_losses": {EN: "validation {first} → {last}", JA: "検証 {first} → {last}"},
    "tune_trained": {EN: "Tokens trained", JA: "学習トークン"},
    "tune_error": {EN: "What went wrong", JA: "原因"},
    "tune_forgotten": {
        EN: "⚠️ {count} of its rows were forgotten since: train again without them.",
        JA: "⚠️ その後 {count} 行が忘却されました。除いたうえで学習し直してください。",
    },
    "tune_events": {EN: "What job #{id} told", JA: "ジョブ #{id} の記録"},
    "tune_no_events": {EN: "It told nothing yet.", JA: "まだ何も記録されていません。"},
    "tune_checkpoints": {EN: "Checkpoints of job #{id}", JA: "ジョブ #{id} のチェックポイント"},
    "tune_no_checkpoints": {EN: "It kept none (yet).", JA: "（まだ）ありません。"},
    "tune_step": {EN: "step {step}", JA: "ステップ {step}"},
    "tune_cancelled": {EN: "Job #{id}: {status}.", JA: "ジョブ #{id}: {status}。"},
    "tune_chart_title": {EN: "Job #{id}: loss", JA: "ジョブ #{id}：損失"},
    "tune_chart_steps": {EN: "step", JA: "ステップ"},
    "tune_chart_axis": {EN: "loss (nats a token)", JA: "損失（nat/トークン）"},
    "tune_chart_train": {EN: "training", JA: "学習"},
    "tune_chart_valid": {EN: "validation", JA: "検証"},
    "tune_news_ended": {
        EN: "Job #{id} has ended: {status}. Judge it with `/tune compare` before you promote it.",
        JA: "ジョブ #{id} が終わりました: {status}。採用の前に `/tune compare` で比べてください。",
    },
    "tune_news_failed": {
        EN: "Job #{id} came to nothing: {status}.",
        JA: "ジョブ #{id} は{status}。",
    },
}

STATUSES: dict[str, dict[Language, str]] = {
    "starting": {EN: "being made", JA: "作成中"},
    "validating_files": {EN: "files are being looked at", JA: "ファイル検査中"},
    "queued": {EN: "queued", JA: "順番待ち"},
    "running": {EN: "running", JA: "学習中"},
    "paused": {EN: "paused", JA: "一時停止"},
    "succeeded": {EN: "succeeded", JA: "成功"},
    "failed": {EN: "failed", JA: "失敗"},
    "cancelled": {EN: "cancelled", JA: "中止"},
}


def status_text(status: str, language: Language) -> str:
    """Return a status in words; one that nobody knows as the trainer says it."""
    known = STATUSES.get(status)
    return f"`{status}`" if known is None else known[language]
