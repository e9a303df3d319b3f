-- The truth: documents, their chunks and vectors, the lexical index, turns, consent.
-- Times are UTC, ISO 8601. Discord ids are 64-bit integers. Guild 0 is the command line's.

CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE documents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    guild_id INTEGER NOT NULL,
    origin TEXT NOT NULL,          -- what a re-ingest compares with: a root path, 'upload', 'text'
    source TEXT NOT NULL,          -- what members see: a file's name, a title, a corpus id
    title TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    provenance TEXT NOT NULL CHECK (provenance IN ('interaction', 'message', 'bot', 'staff', 'synthetic')),
    added_by INTEGER,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (guild_id, origin, source)
) STRICT;

CREATE TABLE chunks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,   -- never reused: the dense index knows chunks by it
    document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    heading TEXT NOT NULL,                  -- JSON array, outermost first
    text TEXT NOT NULL,
    tokens INTEGER NOT NULL,
    embed_hash TEXT NOT NULL                -- SHA-256 of the text that is embedded
) STRICT;

CREATE INDEX chunks_by_document ON chunks (document_id, ordinal);
CREATE INDEX chunks_by_hash ON chunks (embed_hash);

CREATE TABLE vectors (
    space TEXT NOT NULL,
    embed_hash TEXT NOT NULL,
    vector BLOB NOT NULL,                   -- float16, little endian
    PRIMARY KEY (space, embed_hash)
) STRICT, WITHOUT ROWID;

-- Words and character bigrams, made in Python; rowid is the chunk's id.
CREATE VIRTUAL TABLE chunk_words USING fts5 (
    heading, body, tokenize = 'porter unicode61 remove_diacritics 2'
);

CREATE TABLE turns (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    guild_id INTEGER NOT NULL,
    channel_id INTEGER NOT NULL,
    author_id INTEGER NOT NULL,
    message_id INTEGER,                     -- Marv's reply, once it is sent
    parent_id INTEGER REFERENCES turns (id) ON DELETE SET NULL,
    kind TEXT NOT NULL CHECK (kind IN ('ask', 'chat')),
    provenance TEXT NOT NULL CHECK (provenance IN ('interaction', 'message', 'bot', 'staff', 'synthetic')),
    question TEXT,
    facts TEXT,                             -- the plain draft that the persona voiced
    answer TEXT,
    sources TEXT,                           -- JSON array of the cited passages
    answered INTEGER NOT NULL CHECK (answered IN (0, 1)),
    language TEXT NOT NULL,
    persona TEXT NOT NULL,
    persona_version TEXT NOT NULL,
    model TEXT NOT NULL,
    finish_reason TEXT NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    cost_usd REAL NOT NULL,
    latency_seconds REAL NOT NULL,
    created_at TEXT NOT NULL
) STRICT;

CREATE INDEX turns_by_author ON turns (guild_id, author_id);
CREATE INDEX turns_by_message ON turns (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX turns_by_time ON turns (created_at) WHERE question IS NOT NULL;

CREATE TABLE consents (
    guild_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    granted INTEGER NOT NULL CHECK (granted IN (0, 1)),
    decided_at TEXT NOT NULL,
    PRIMARY KEY (guild_id, user_id)
) STRICT, WITHOUT ROWID;
