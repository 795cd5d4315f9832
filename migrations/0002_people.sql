-- The hub itself, accounts, sign-in, roles.

CREATE TABLE hub (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    place TEXT NOT NULL,
    contact TEXT NOT NULL,
    made_at BIGINT NOT NULL
);

CREATE TABLE account (
    id {{uuid}} PRIMARY KEY,
    name TEXT NOT NULL,
    -- Lower case; what one signs in with. Participants need none.
    email TEXT UNIQUE,
    -- Argon2id in PHC format; none until the person has chosen one.
    passphrase TEXT,
    lang TEXT,
    made_at BIGINT NOT NULL,
    closed_at BIGINT
);

CREATE TABLE account_role (
    account {{uuid}} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    PRIMARY KEY (account, role)
);

CREATE TABLE membership (
    account {{uuid}} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    subject {{uuid}} NOT NULL,
    role TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (account, kind, subject)
);
-- Who is a member of this study?
CREATE INDEX membership_by_subject ON membership (kind, subject);

CREATE TABLE session (
    id {{uuid}} PRIMARY KEY,
    account {{uuid}} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    -- SHA-256 of the cookie; the cookie itself is nowhere.
    token {{bytes}} NOT NULL UNIQUE,
    device TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL
);
-- My sessions.
CREATE INDEX session_by_account ON session (account);

CREATE TABLE link (
    id {{uuid}} PRIMARY KEY,
    -- SHA-256 of the secret in the address.
    token {{bytes}} NOT NULL UNIQUE,
    -- first_lead, invitation or sign_in.
    purpose TEXT NOT NULL,
    account {{uuid}} REFERENCES account (id) ON DELETE CASCADE,
    made_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    used_at BIGINT
);
-- The open links of somebody.
CREATE INDEX link_by_account ON link (account);
