-- Turns that moderation blocked: which side, who said so and the categories, as JSON; no word of them.

ALTER TABLE turns ADD COLUMN blocked TEXT CHECK (
    blocked IS NULL
    OR (question IS NULL AND facts IS NULL AND answer IS NULL AND sources IS NULL AND answered = 0)
);

CREATE INDEX turns_blocked ON turns (guild_id, created_at) WHERE blocked IS NOT NULL;
