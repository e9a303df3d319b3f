-- Who may see a document, whether its source is still there, and what a server has set.

ALTER TABLE documents ADD COLUMN audience TEXT NOT NULL DEFAULT 'everyone'; -- Audience.key
ALTER TABLE documents ADD COLUMN stale_since TEXT;      -- when its source was found to be gone

CREATE INDEX documents_by_audience ON documents (guild_id, audience);

-- 1 where only the asker saw the answer: nobody else may be shown the question
ALTER TABLE turns ADD COLUMN private INTEGER NOT NULL DEFAULT 0 CHECK (private IN (0, 1));

CREATE TABLE guild_settings (
    guild_id INTEGER PRIMARY KEY,
    staff_channel_id INTEGER,
    read_channels INTEGER NOT NULL DEFAULT 0 CHECK (read_channels IN (0, 1)),
    changed_by INTEGER,
    changed_at TEXT NOT NULL
) STRICT;
