-- Settings in layers, and what a conversation remembers.

-- One row a value; channel 0 is the server itself, over which a channel's own values lie.
CREATE TABLE preferences (
    guild_id INTEGER NOT NULL,
    channel_id INTEGER NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,                    -- JSON
    changed_by INTEGER NOT NULL,
    changed_at TEXT NOT NULL,
    PRIMARY KEY (guild_id, channel_id, key)
) STRICT, WITHOUT ROWID;

INSERT INTO preferences (guild_id, channel_id, key, value, changed_by, changed_at)
    SELECT guild_id, 0, 'staff_channel_id', staff_channel_id, coalesce(changed_by, 0), changed_at
    FROM guild_settings WHERE staff_channel_id IS NOT NULL;
INSERT INTO preferences (guild_id, channel_id, key, value, changed_by, changed_at)
    SELECT guild_id, 0, 'read_channels', 'true', coalesce(changed_by, 0), changed_at
    FROM guild_settings WHERE read_channels = 1;
DROP TABLE guild_settings;

-- The member's message that a turn answers, where it was one: its edits and deletion count.
ALTER TABLE turns ADD COLUMN asked_message_id INTEGER;
-- What was said up to and including this turn, where a conversation outgrew its memory.
ALTER TABLE turns ADD COLUMN summary TEXT;

CREATE INDEX turns_by_asked_message ON turns (asked_message_id) WHERE asked_message_id IS NOT NULL;
CREATE INDEX turns_by_channel ON turns (guild_id, channel_id, id);

-- Where somebody asked for a new conversation: what is older is not remembered there.
CREATE TABLE conversation_starts (
    guild_id INTEGER NOT NULL,
    channel_id INTEGER NOT NULL,
    member_id INTEGER NOT NULL,             -- 0: everybody in a thread or a direct message
    after_turn_id INTEGER NOT NULL,
    PRIMARY KEY (guild_id, channel_id, member_id)
) STRICT, WITHOUT ROWID;

-- A summary holds what older turns said: it goes when their words go.
CREATE TRIGGER turn_text_dropped AFTER UPDATE OF question ON turns
WHEN OLD.question IS NOT NULL AND NEW.question IS NULL
BEGIN
    UPDATE turns SET summary = NULL
    WHERE guild_id = OLD.guild_id AND channel_id = OLD.channel_id AND id >= OLD.id
        AND summary IS NOT NULL;
END;

CREATE TRIGGER turn_deleted AFTER DELETE ON turns
BEGIN
    UPDATE turns SET summary = NULL
    WHERE guild_id = OLD.guild_id AND channel_id = OLD.channel_id AND id >= OLD.id
        AND summary IS NOT NULL;
END;
