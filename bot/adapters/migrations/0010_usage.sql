-- What model calls used and cost: one line a day (UTC), server, member, model and kind, added up.
-- Member 0 is nobody: background work, and what forgotten members had used.

CREATE TABLE usage (
    day TEXT NOT NULL,                          -- 2026-11-24
    guild_id INTEGER NOT NULL,
    member_id INTEGER NOT NULL,
    model TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('chat', 'embedding', 'rerank', 'moderation')),
    calls INTEGER NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    cost_nanodollars INTEGER NOT NULL,          -- of the calls whose price was known
    estimated_calls INTEGER NOT NULL,           -- whose tokens Marv counted, not the provider
    unpriced_calls INTEGER NOT NULL,            -- of models whose price nobody knew
    PRIMARY KEY (guild_id, day, member_id, model, kind)
) STRICT, WITHOUT ROWID;

CREATE INDEX usage_by_day ON usage (day);
