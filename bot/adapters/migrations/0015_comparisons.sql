-- Two models on trial: figures, and the votes of members who do not know which answer is whose.

CREATE TABLE comparisons (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    guild_id INTEGER NOT NULL,
    model_a TEXT NOT NULL,
    model_b TEXT NOT NULL,
    automatic TEXT NOT NULL,                -- JSON
    horizon INTEGER NOT NULL,
    channel_id INTEGER,
    created_by INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    closed_at TEXT
) STRICT;

CREATE TABLE comparison_items (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    comparison_id INTEGER NOT NULL REFERENCES comparisons (id) ON DELETE CASCADE,
    language TEXT NOT NULL,
    question TEXT NOT NULL,
    facts TEXT NOT NULL,
    answer_a TEXT NOT NULL,
    answer_b TEXT NOT NULL,
    flipped INTEGER NOT NULL CHECK (flipped IN (0, 1)),
    author_id INTEGER NOT NULL,
    example_id INTEGER,                     -- no reference: what was in it, for ever
    message_id INTEGER
) STRICT;

CREATE INDEX comparison_items_by_comparison ON comparison_items (comparison_id);

CREATE TABLE comparison_votes (
    item_id INTEGER NOT NULL REFERENCES comparison_items (id) ON DELETE CASCADE,
    user_id INTEGER NOT NULL,
    side TEXT NOT NULL CHECK (side IN ('a', 'b')),
    created_at TEXT NOT NULL,
    PRIMARY KEY (item_id, user_id)
) STRICT, WITHOUT ROWID;
