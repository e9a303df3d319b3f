-- In which manner an answer was given: the dial then, and what made it serious.
ALTER TABLE turns ADD COLUMN sarcasm INTEGER NOT NULL DEFAULT 2;
ALTER TABLE turns ADD COLUMN topic TEXT;
