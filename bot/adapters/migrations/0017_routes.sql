-- What sorts a server's questions, and where each label leads. Numbers only: no text of anybody's.

CREATE TABLE sorters (
    guild_id INTEGER PRIMARY KEY,
    digest TEXT NOT NULL,
    space TEXT NOT NULL,                    -- of the vectors: another one pauses the routes
    method TEXT NOT NULL CHECK (method IN ('learnt', 'named')),
    labels TEXT NOT NULL,                   -- JSON
    dimensions INTEGER NOT NULL,
    weights BLOB NOT NULL,                  -- these four: float32, little-endian
    bias BLOB NOT NULL,
    anchors BLOB NOT NULL,
    floors BLOB NOT NULL,
    subject TEXT NOT NULL,                  -- what it was made from
    texts INTEGER NOT NULL,
    labelled INTEGER NOT NULL,
    accuracy REAL,                          -- these four are unknown without labelled texts
    macro_f1 REAL,
    majority_accuracy REAL,
    majority_f1 REAL,
    made_at TEXT NOT NULL
) STRICT;

CREATE TABLE routes (
    guild_id INTEGER NOT NULL REFERENCES sorters (guild_id) ON DELETE CASCADE,
    label TEXT NOT NULL,
    channel_id INTEGER,
    persona TEXT,
    confidence REAL NOT NULL,
    reached REAL NOT NULL,                  -- share of the texts that get there at the confidence
    rightly REAL,
    PRIMARY KEY (guild_id, label),
    CHECK ((channel_id IS NULL) <> (persona IS NULL))
) STRICT;
