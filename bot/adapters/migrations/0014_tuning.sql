-- Fine-tuning jobs and what they told; training is a kind of usage of its own.

CREATE TABLE tuning_jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    guild_id INTEGER NOT NULL,
    key TEXT NOT NULL UNIQUE,               -- names one try at one data set with some options
    trainer TEXT NOT NULL,
    version_id INTEGER NOT NULL REFERENCES dataset_versions (id),
    options TEXT NOT NULL,                  -- JSON
    status TEXT NOT NULL,                   -- the trainer's word, or 'starting'
    trainer_id TEXT,                        -- NULL until the trainer has confirmed the job
    fine_tuned_model TEXT,
    error TEXT,
    trained_tokens INTEGER,
    channel_id INTEGER,
    message_id INTEGER,
    started_by INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    finished_at TEXT,
    told_at TEXT                            -- when its end was announced
) STRICT;

CREATE INDEX tuning_jobs_by_guild ON tuning_jobs (guild_id, id);

CREATE TABLE tuning_events (
    job_id INTEGER NOT NULL REFERENCES tuning_jobs (id) ON DELETE CASCADE,
    event_id TEXT NOT NULL,
    at TEXT NOT NULL,
    level TEXT NOT NULL,
    message TEXT NOT NULL,
    data TEXT NOT NULL,                     -- JSON: the figures of a step
    UNIQUE (job_id, event_id)
) STRICT;

CREATE TABLE usage_new (
    day TEXT NOT NULL,
    guild_id INTEGER NOT NULL,
    member_id INTEGER NOT NULL,
    model TEXT NOT NULL,
    kind TEXT NOT NULL
        CHECK (kind IN ('chat', 'embedding', 'rerank', 'moderation', 'training')),
    calls INTEGER NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    cost_nanodollars INTEGER NOT NULL,
    estimated_calls INTEGER NOT NULL,
    unpriced_calls INTEGER NOT NULL,
    PRIMARY KEY (guild_id, day, member_id, model, kind)
) STRICT, WITHOUT ROWID;

INSERT INTO usage_new SELECT * FROM usage;
DROP TABLE usage;
ALTER TABLE usage_new RENAME TO usage;
CREATE INDEX usage_by_day ON usage (day);
