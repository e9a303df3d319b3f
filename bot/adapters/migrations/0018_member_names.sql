-- Members' names as keyed hashes: enough to find one in a text, too little to read it here.

CREATE TABLE member_names (
    guild_id INTEGER NOT NULL,
    digest BLOB NOT NULL,                   -- keyed hash of the folded name
    hint INTEGER NOT NULL,                  -- 16 bits of a keyed hash of its first two characters
    length INTEGER NOT NULL,                -- characters
    number INTEGER NOT NULL,                -- the pseudonym
    member_hash TEXT,                       -- whose name it is; NULL once they were forgotten
    key_mark BLOB NOT NULL,                 -- tells the key
    PRIMARY KEY (guild_id, digest)
) STRICT, WITHOUT ROWID;
