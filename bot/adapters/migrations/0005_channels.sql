-- Channels as sources. The messages are the truth, their documents are made from them: a stretch
-- whose revision is above what was written waits to be written. Who wrote a message is kept so
-- that it can be erased with everything of its author's.

CREATE TABLE channels (
    guild_id INTEGER NOT NULL,
    channel_id INTEGER NOT NULL,
    server_id INTEGER NOT NULL,             -- Discord's id, for links
    added_by INTEGER NOT NULL,
    added_at TEXT NOT NULL,
    PRIMARY KEY (guild_id, channel_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE channel_places (               -- the channel itself and its threads
    guild_id INTEGER NOT NULL,
    channel_id INTEGER NOT NULL,
    place_id INTEGER NOT NULL,
    title TEXT NOT NULL,
    cursor INTEGER NOT NULL DEFAULT 0,      -- the last message up to which everything was read
    PRIMARY KEY (guild_id, place_id),
    FOREIGN KEY (guild_id, channel_id) REFERENCES channels (guild_id, channel_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX channel_places_by_channel ON channel_places (guild_id, channel_id);

CREATE TABLE channel_stretches (
    guild_id INTEGER NOT NULL,
    place_id INTEGER NOT NULL,
    stretch_id INTEGER NOT NULL,            -- the message it began with; a thread's own id
    origin TEXT NOT NULL,                   -- its document's
    revision INTEGER NOT NULL DEFAULT 1,
    written INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (guild_id, place_id, stretch_id),
    FOREIGN KEY (guild_id, place_id)
        REFERENCES channel_places (guild_id, place_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX channel_stretches_by_origin ON channel_stretches (guild_id, origin);
CREATE INDEX channel_stretches_pending ON channel_stretches (guild_id) WHERE written < revision;

CREATE TABLE channel_messages (
    guild_id INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    place_id INTEGER NOT NULL,
    stretch_id INTEGER NOT NULL,
    author_id INTEGER NOT NULL,
    sent_at TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (guild_id, message_id),
    FOREIGN KEY (guild_id, place_id, stretch_id)
        REFERENCES channel_stretches (guild_id, place_id, stretch_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX channel_messages_by_place ON channel_messages (guild_id, place_id, message_id);
CREATE INDEX channel_messages_by_stretch
    ON channel_messages (guild_id, place_id, stretch_id, message_id);
CREATE INDEX channel_messages_by_author ON channel_messages (guild_id, author_id);

-- Messages that staff kept one by one; the document's origin is 'message:' || message_id || '/'.
CREATE TABLE kept_messages (
    guild_id INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    author_id INTEGER NOT NULL,
    kept_by INTEGER NOT NULL,
    kept_at TEXT NOT NULL,
    PRIMARY KEY (guild_id, message_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX kept_messages_by_author ON kept_messages (guild_id, author_id);

-- Members whose messages never go into the library again.
CREATE TABLE channel_objections (
    guild_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    since TEXT NOT NULL,
    PRIMARY KEY (guild_id, user_id)
) STRICT, WITHOUT ROWID;

-- What staff remove from the library by hand does not stay behind as messages.
CREATE TRIGGER channel_document_removed AFTER DELETE ON documents
WHEN OLD.origin LIKE 'channel:%'
BEGIN
    DELETE FROM channel_stretches WHERE guild_id = OLD.guild_id AND origin = OLD.origin;
END;

CREATE TRIGGER kept_document_removed AFTER DELETE ON documents
WHEN OLD.origin LIKE 'message:%'
BEGIN
    DELETE FROM kept_messages
    WHERE guild_id = OLD.guild_id AND 'message:' || message_id || '/' = OLD.origin;
END;
