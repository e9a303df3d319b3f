-- Members' questions to the staff, staff's examples, votes, and which questions are settled.

CREATE TABLE inquiries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,   -- never reused: buttons carry it
    guild_id INTEGER NOT NULL,
    turn_id INTEGER REFERENCES turns (id) ON DELETE SET NULL,
    asker_id INTEGER NOT NULL,              -- who waits for the answer
    author_id INTEGER NOT NULL,             -- whose words the question is: often the same
    provenance TEXT NOT NULL CHECK (provenance IN ('interaction', 'message')),
    question TEXT,
    language TEXT NOT NULL,
    private INTEGER NOT NULL CHECK (private IN (0, 1)),
    channel_id INTEGER NOT NULL,
    audience_channel_id INTEGER,            -- whose readers saw the question; NULL: nobody did
    message_id INTEGER,                     -- Marv's reply, which the answer is attached to
    staff_channel_id INTEGER,
    staff_message_id INTEGER,
    state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'answered', 'dismissed')),
    answer TEXT,
    closed_by INTEGER,
    closed_at TEXT,
    created_at TEXT NOT NULL
) STRICT;

CREATE INDEX inquiries_by_asker ON inquiries (guild_id, asker_id);
CREATE INDEX inquiries_by_author ON inquiries (guild_id, author_id);
CREATE INDEX inquiries_by_turn ON inquiries (turn_id);

CREATE TABLE examples (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    guild_id INTEGER NOT NULL,
    question TEXT NOT NULL,
    answer TEXT NOT NULL,
    language TEXT NOT NULL,
    provenance TEXT NOT NULL CHECK (provenance = 'staff'),
    question_provenance TEXT NOT NULL CHECK (question_provenance IN ('interaction', 'message', 'staff')),
    author_id INTEGER NOT NULL,             -- the staff member
    asker_id INTEGER,                       -- whose words the question is; NULL: the staff's own
    inquiry_id INTEGER REFERENCES inquiries (id) ON DELETE SET NULL,
    created_at TEXT NOT NULL
) STRICT;

CREATE INDEX examples_by_guild ON examples (guild_id, id);
CREATE INDEX examples_by_inquiry ON examples (inquiry_id);

CREATE TABLE votes (
    turn_id INTEGER NOT NULL REFERENCES turns (id) ON DELETE CASCADE,
    user_id INTEGER NOT NULL,
    value INTEGER NOT NULL CHECK (value IN (-1, 1)),
    created_at TEXT NOT NULL,
    PRIMARY KEY (turn_id, user_id)
) STRICT, WITHOUT ROWID;

-- The channel whose readers saw the turn: the parent of a thread; a private thread is its own
ALTER TABLE turns ADD COLUMN audience_channel_id INTEGER;
ALTER TABLE turns ADD COLUMN resolved_at TEXT;          -- when staff answered what Marv could not

CREATE INDEX turns_unanswered ON turns (guild_id, id) WHERE answered = 0;
