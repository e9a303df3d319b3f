-- Consent with scopes, the notice, erasure, what left as a data set, and who may have left.

CREATE TABLE decisions (
    guild_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    keep INTEGER NOT NULL CHECK (keep IN (0, 1)),           -- beyond the retention
    training INTEGER NOT NULL CHECK (training IN (0, 1)),   -- implies keep
    notice_version INTEGER NOT NULL,        -- of what the member had been told
    door TEXT NOT NULL CHECK (door IN ('command', 'notice', 'migrated')),
    decided_at TEXT NOT NULL,
    CHECK (training <= keep),
    PRIMARY KEY (guild_id, user_id)
) STRICT, WITHOUT ROWID;

INSERT INTO decisions (guild_id, user_id, keep, training, notice_version, door, decided_at)
SELECT guild_id, user_id, granted, granted, 1, 'migrated', decided_at FROM consents;
DROP TABLE consents;
ALTER TABLE decisions RENAME TO consents;

CREATE TABLE notices (                      -- who was shown which notice: once
    guild_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    notice_version INTEGER NOT NULL,
    shown_at TEXT NOT NULL,
    PRIMARY KEY (guild_id, user_id, notice_version)
) STRICT, WITHOUT ROWID;

-- Whose words the question of a library entry is.
CREATE TABLE entry_words (
    guild_id INTEGER NOT NULL,
    origin TEXT NOT NULL,                   -- the document's
    author_id INTEGER NOT NULL,
    PRIMARY KEY (guild_id, origin)
) STRICT, WITHOUT ROWID;

CREATE INDEX entry_words_by_author ON entry_words (guild_id, author_id);

INSERT OR IGNORE INTO entry_words (guild_id, origin, author_id)
SELECT d.guild_id, d.origin, i.author_id FROM documents d
JOIN inquiries i ON i.guild_id = d.guild_id AND 'answer:' || i.id = d.origin;
INSERT OR IGNORE INTO entry_words (guild_id, origin, author_id)
SELECT d.guild_id, d.origin, t.author_id FROM documents d
JOIN turns t ON t.guild_id = d.guild_id AND 'answer:turn:' || t.id = d.origin;

CREATE TABLE dataset_exports (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    guild_id INTEGER NOT NULL,
    path TEXT NOT NULL,                     -- where the file was written
    format TEXT NOT NULL,
    rows INTEGER NOT NULL,
    sha256 TEXT NOT NULL,                   -- of what left, also once the file was rewritten
    created_at TEXT NOT NULL,
    contains_erased_at TEXT,                -- since when it holds words that were erased here
    file_erased_at TEXT                     -- when the file on this disk lost them
) STRICT;

CREATE INDEX dataset_exports_by_guild ON dataset_exports (guild_id, id);

CREATE TABLE dataset_export_rows (
    export_id INTEGER NOT NULL REFERENCES dataset_exports (id) ON DELETE CASCADE,
    row INTEGER NOT NULL,
    turn_id INTEGER,                        -- no reference: it says what left, for ever
    example_id INTEGER,
    sha256 TEXT NOT NULL,                   -- of the line
    erased INTEGER NOT NULL DEFAULT 0 CHECK (erased IN (0, 1)),
    PRIMARY KEY (export_id, row)
) STRICT, WITHOUT ROWID;

CREATE INDEX dataset_export_rows_by_turn ON dataset_export_rows (turn_id);
CREATE INDEX dataset_export_rows_by_example ON dataset_export_rows (example_id);

-- Erasures under way: what is done is remembered, so that a kill is continued.
CREATE TABLE erasures (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    guild_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    reason TEXT NOT NULL,
    receipt_id TEXT NOT NULL UNIQUE,
    stage TEXT NOT NULL DEFAULT 'asked',
    in_index INTEGER NOT NULL DEFAULT 0 CHECK (in_index IN (0, 1)),
    counts TEXT NOT NULL DEFAULT '{}',      -- JSON
    marked TEXT NOT NULL DEFAULT '[]',      -- JSON
    remaining TEXT NOT NULL DEFAULT '[]',   -- JSON: what could not be erased
    asked_at TEXT NOT NULL,
    UNIQUE (guild_id, user_id)
) STRICT;

CREATE TABLE erasure_replies (              -- Marv's messages that the member wants deleted
    guild_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    channel_id INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    PRIMARY KEY (message_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE erasure_receipts (             -- no personal data: a keyed hash and counts
    id TEXT PRIMARY KEY,
    guild_id INTEGER NOT NULL,
    member_hash TEXT NOT NULL,              -- HMAC-SHA-256 by the key beside the database
    reason TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    finished_at TEXT NOT NULL,
    counts TEXT NOT NULL,
    marked TEXT NOT NULL,
    remaining TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX erasure_receipts_by_member ON erasure_receipts (guild_id, member_hash);

-- Members whose words were once in the dense index and no longer are: its files may still hold
-- their vectors until it is built anew.
CREATE TABLE index_residue (
    guild_id INTEGER NOT NULL,
    author_id INTEGER NOT NULL,
    PRIMARY KEY (guild_id, author_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER channel_message_residue AFTER DELETE ON channel_messages
BEGIN
    INSERT OR IGNORE INTO index_residue VALUES (OLD.guild_id, OLD.author_id);
END;

CREATE TRIGGER channel_message_rewritten AFTER UPDATE OF text ON channel_messages
WHEN OLD.text <> NEW.text
BEGIN
    INSERT OR IGNORE INTO index_residue VALUES (OLD.guild_id, OLD.author_id);
END;

CREATE TRIGGER kept_message_residue AFTER DELETE ON kept_messages
BEGIN
    INSERT OR IGNORE INTO index_residue VALUES (OLD.guild_id, OLD.author_id);
END;

CREATE TRIGGER entry_words_residue AFTER DELETE ON entry_words
BEGIN
    INSERT OR IGNORE INTO index_residue VALUES (OLD.guild_id, OLD.author_id);
END;

CREATE TRIGGER entry_document_removed AFTER DELETE ON documents
BEGIN
    DELETE FROM entry_words WHERE guild_id = OLD.guild_id AND origin = OLD.origin;
END;

-- Members with stored data: when Discord was last asked whether they are there, and since when
-- they are not.
CREATE TABLE memberships (
    guild_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    checked_at TEXT NOT NULL,
    gone_since TEXT,
    reason TEXT,
    PRIMARY KEY (guild_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX memberships_gone ON memberships (gone_since) WHERE gone_since IS NOT NULL;
