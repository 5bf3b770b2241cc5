-- One schema for SQLite and PostgreSQL: both read these type names alike. Times are milliseconds since 1970 (UTC).

-- One row for each question. Its text is here only where it found no sure answer, and only for RETENTION_DAYS.
CREATE TABLE questions (
    run        BIGINT NOT NULL,            -- the process that answered; with seq, makes a repeated write harmless
    seq        BIGINT NOT NULL,
    asked_at   BIGINT NOT NULL,
    outcome    TEXT NOT NULL CHECK (outcome IN ('answer', 'suggest', 'none')),
    briefing   TEXT,
    fact       TEXT,
    confidence DOUBLE PRECISION NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    elapsed_us BIGINT NOT NULL,
    text       TEXT CHECK (text IS NULL OR outcome <> 'answer'),
    text_key   TEXT,
    PRIMARY KEY (run, seq)
);
CREATE INDEX questions_by_time ON questions (asked_at);
CREATE INDEX questions_with_text ON questions (asked_at) WHERE text IS NOT NULL;

-- One row for each person's vote on an answer. The voter is a keyed hash over person and message whose key is nowhere
-- kept, so that neither can be found from it.
CREATE TABLE votes (
    voter    TEXT NOT NULL PRIMARY KEY,
    voted_at BIGINT NOT NULL,
    briefing TEXT NOT NULL,
    fact     TEXT NOT NULL,
    helpful  BIGINT NOT NULL CHECK (helpful IN (0, 1)),
    text     TEXT CHECK (text IS NULL OR helpful = 0),
    text_key TEXT
);
CREATE INDEX votes_by_time ON votes (voted_at);

-- Questions that a moderator has dealt with, by the digest of their folded text: dismissed for good where fact is
-- NULL, else answered by that fact since then.
CREATE TABLE dismissals (
    text_key     TEXT NOT NULL PRIMARY KEY,
    dismissed_at BIGINT NOT NULL,
    briefing     TEXT,
    fact         TEXT
);

-- Every knowledge that was in service. Ids rise in the order in which revisions are committed.
CREATE TABLE revisions (
    id        BIGINT NOT NULL PRIMARY KEY,
    run       BIGINT NOT NULL,
    made_at   BIGINT NOT NULL,
    moderator BIGINT,
    how       TEXT NOT NULL,
    note      TEXT,
    digest    TEXT NOT NULL,
    briefings BIGINT NOT NULL,
    facts     BIGINT NOT NULL,
    asks      BIGINT NOT NULL
);

-- The files of the revisions; what many revisions share is stored once.
CREATE TABLE contents (
    digest  TEXT NOT NULL PRIMARY KEY,
    content TEXT NOT NULL
);
CREATE TABLE revision_files (
    revision BIGINT NOT NULL REFERENCES revisions (id),
    name     TEXT NOT NULL,
    content  TEXT NOT NULL REFERENCES contents (digest),
    PRIMARY KEY (revision, name)
);

CREATE TABLE settings (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- Each time something was asked in vain and no moderator has dealt with it. A dismissed question stays away; a resolved
-- one returns when it is asked in vain again, later.
CREATE VIEW open_gaps AS
SELECT gaps.text_key, gaps.seen_at, gaps.text, gaps.kind, gaps.briefing, gaps.fact
FROM (
    SELECT text_key, asked_at AS seen_at, text, outcome AS kind, briefing, fact
    FROM questions
    WHERE text IS NOT NULL
    UNION ALL
    SELECT text_key, voted_at, text, 'vote', briefing, fact
    FROM votes
    WHERE text IS NOT NULL
) AS gaps
LEFT JOIN dismissals ON dismissals.text_key = gaps.text_key
WHERE dismissals.text_key IS NULL OR (dismissals.fact IS NOT NULL AND gaps.seen_at > dismissals.dismissed_at);
