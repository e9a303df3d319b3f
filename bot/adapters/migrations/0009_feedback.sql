-- Why an answer was voted down, and which answers staff wrote anew.

ALTER TABLE votes ADD COLUMN fault TEXT
    CHECK (fault IN ('wrong', 'outdated', 'too_tame', 'too_sarcastic', 'unsafe', 'other'));
ALTER TABLE votes ADD COLUMN words TEXT;    -- the voter's own

ALTER TABLE examples ADD COLUMN turn_id INTEGER REFERENCES turns (id) ON DELETE SET NULL;

CREATE INDEX examples_by_turn ON examples (turn_id);
