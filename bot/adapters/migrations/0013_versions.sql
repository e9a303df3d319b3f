-- Frozen data sets, what staff decided about candidates, and on which side each example stands.

CREATE TABLE dataset_versions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    guild_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,                   -- over the header and the digests of the rows
    header TEXT NOT NULL,                   -- canonical JSON: options, personas, what was left out
    created_by INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    UNIQUE (guild_id, name)
) STRICT;

CREATE TABLE dataset_rows (
    version_id INTEGER NOT NULL REFERENCES dataset_versions (id) ON DELETE CASCADE,
    row INTEGER NOT NULL,
    split TEXT NOT NULL CHECK (split IN ('train', 'validation', 'golden')),
    sha256 TEXT NOT NULL,                   -- of the payload, also once that is erased
    payload TEXT,                           -- canonical JSON; NULL once its member is forgotten
    turn_id INTEGER,                        -- no reference: it says what was in it, for ever
    example_id INTEGER,
    PRIMARY KEY (version_id, row)
) STRICT, WITHOUT ROWID;

CREATE INDEX dataset_rows_by_turn ON dataset_rows (turn_id);
CREATE INDEX dataset_rows_by_example ON dataset_rows (example_id);

-- An example stays on its side in every later version, so that no model is judged by what
-- another was trained on.
CREATE TABLE dataset_sides (
    guild_id INTEGER NOT NULL,
    key TEXT NOT NULL,                      -- turn:ID or example:ID
    side TEXT NOT NULL CHECK (side IN ('train', 'validation', 'golden')),
    PRIMARY KEY (guild_id, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE dataset_reviews (
    guild_id INTEGER NOT NULL,
    key TEXT NOT NULL,
    decision TEXT NOT NULL CHECK (decision IN ('keep', 'reject', 'skip')),
    reviewed_by INTEGER NOT NULL,
    reviewed_at TEXT NOT NULL,
    PRIMARY KEY (guild_id, key)
) STRICT, WITHOUT ROWID;

-- Where an example of the staff's comes from: written by hand, or from a file that they brought
ALTER TABLE examples ADD COLUMN source TEXT NOT NULL DEFAULT 'staff';
ALTER TABLE examples ADD COLUMN facts TEXT NOT NULL DEFAULT '';
