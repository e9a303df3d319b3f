-- Addresses that staff named, and the pages that were read because of them.

CREATE TABLE sources (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    guild_id INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('url', 'sitemap')),
    address TEXT NOT NULL,
    page_limit INTEGER NOT NULL CHECK (page_limit > 0),
    audience TEXT NOT NULL,                 -- as documents.audience: who may see its pages
    added_by INTEGER,
    created_at TEXT NOT NULL,
    checked_at TEXT NOT NULL,               -- the last refresh that went through its pages
    UNIQUE (guild_id, address)
) STRICT;

CREATE TABLE pages (
    guild_id INTEGER NOT NULL,
    address TEXT NOT NULL,                  -- as it was asked for; the document's origin holds it
    source_id INTEGER NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
    url TEXT NOT NULL,                      -- where its redirects ended
    etag TEXT,
    last_modified TEXT,
    status TEXT NOT NULL CHECK (status IN ('read', 'gone', 'forbidden', 'removed')),
    fetched_at TEXT NOT NULL,               -- the last time that its content was sent
    checked_at TEXT NOT NULL,               -- the last time that the site was asked about it
    stale_since TEXT,
    PRIMARY KEY (guild_id, address)
) STRICT, WITHOUT ROWID;

CREATE INDEX pages_by_source ON pages (source_id);
CREATE INDEX pages_by_url ON pages (guild_id, url);
