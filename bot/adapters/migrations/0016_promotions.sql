-- Which model speaks in a guild: the audit, whose newest row holds. And warnings already given.

CREATE TABLE promotions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    guild_id INTEGER NOT NULL,
    model TEXT NOT NULL,
    previous TEXT NOT NULL,
    change TEXT NOT NULL CHECK (change IN ('promote', 'rollback', 'fallback')),
    reason TEXT NOT NULL,
    changed_by INTEGER NOT NULL,
    changed_at TEXT NOT NULL,
    figures TEXT NOT NULL                   -- JSON: what was known when it was decided
) STRICT;

CREATE INDEX promotions_by_guild ON promotions (guild_id, id);

CREATE TABLE promotion_warnings (
    guild_id INTEGER NOT NULL,
    model TEXT NOT NULL,
    days INTEGER NOT NULL,
    PRIMARY KEY (guild_id, model, days)
) STRICT, WITHOUT ROWID;
