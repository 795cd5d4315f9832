//! All SQL of this area.

use base::{Account, Actor, Digest, Id, Lang, Membership, Role, Session, Time, Uuid};
use store::trail::Entry;
use store::{Conn, Fault, Row, Tx, each, params, places};

use crate::members::Member;

/// The hub's own row.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct HubRow {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub place: String,
    /// How it is reached.
    pub contact: String,
}

/// An account as lists show it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AccountRow {
    /// Its id.
    pub id: Id<Account>,
    /// Name to show.
    pub name: String,
    /// What one signs in with.
    pub email: Option<String>,
    /// A passphrase was chosen.
    pub has_passphrase: bool,
    /// Chosen language.
    pub lang: Option<Lang>,
    /// When it was closed, if it was.
    pub closed_at: Option<Time>,
}

/// A session as its owner sees it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SessionRow {
    /// Its id.
    pub id: Id<Session>,
    /// Browser and system, as far as the browser told.
    pub device: String,
    /// When it began.
    pub made_at: Time,
    /// When it was last used, to the minute.
    pub seen_at: Time,
}

/// A one-time link.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LinkRow {
    /// Its id.
    pub id: Id<Link>,
    /// What it is for.
    pub purpose: Purpose,
    /// For whom; none for the first hub lead.
    pub account: Option<Id<Account>>,
    /// Until when.
    pub ends_at: Time,
    /// When it was used up.
    pub used_at: Option<Time>,
}

/// Marks the id of a [`LinkRow`].
pub enum Link {}

/// What a one-time link is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// Makes the first hub lead of a fresh hub.
    FirstLead,
    /// Takes up an invitation: choose a passphrase.
    Invitation,
    /// Signs in.
    SignIn,
    /// Signs in to the demo hub, as often as wanted.
    Demo,
}

impl Purpose {
    fn word(self) -> &'static str {
        match self {
            Self::FirstLead => "first_lead",
            Self::Invitation => "invitation",
            Self::SignIn => "sign_in",
            Self::Demo => "demo",
        }
    }
}

impl std::str::FromStr for Purpose {
    type Err = ();
    fn from_str(word: &str) -> Result<Self, ()> {
        [Self::FirstLead, Self::Invitation, Self::SignIn, Self::Demo]
            .into_iter()
            .find(|purpose| purpose.word() == word)
            .ok_or(())
    }
}

/// When the same opening was noted last, if it was since then.
pub async fn noted(db: &Conn, entry: &Entry, since: Time) -> Result<Option<Time>, Fault> {
    let row = db
        .one(
            "SELECT at FROM trail WHERE kind = $1 AND subject = $2 AND at > $3 AND act = $4 \
             AND role = $5 AND (actor = $6 OR $7) ORDER BY at DESC LIMIT 1",
            params![
                &entry.kind,
                entry.subject,
                since,
                &entry.act,
                &entry.role,
                entry.actor.unwrap_or_default(),
                entry.actor.is_none(),
            ],
        )
        .await?;
    row.map(|row| row.time("at")).transpose()
}

/// The hub's row; `None` before the first hub lead has named it.
pub async fn hub(db: &Conn) -> Result<Option<HubRow>, Fault> {
    let row = db
        .one(
            "SELECT name, place, contact FROM hub WHERE id = 1",
            params![],
        )
        .await?;
    row.map(|row| {
        Ok(HubRow {
            name: row.text("name")?,
            place: row.text("place")?,
            contact: row.text("contact")?,
        })
    })
    .transpose()
}

/// Writes the hub's row.
pub async fn set_hub(tx: &Tx, hub: &HubRow, now: Time) -> Result<(), Fault> {
    tx.exec(
        "INSERT INTO hub (id, name, place, contact, made_at) VALUES (1, $1, $2, $3, $4) \
         ON CONFLICT (id) DO UPDATE SET name = $1, place = $2, contact = $3",
        params![&hub.name, &hub.place, &hub.contact, now],
    )
    .await?;
    Ok(())
}

/// How many accounts there are.
pub async fn account_count(db: &Conn) -> Result<i64, Fault> {
    db.count(
        "SELECT COUNT(*) AS n FROM account WHERE closed_at IS NULL",
        params![],
    )
    .await
}

/// Adds an account. A taken e-mail is [`Fault::Taken`].
pub async fn add_account(tx: &Tx, account: &AccountRow, now: Time) -> Result<(), Fault> {
    tx.exec(
        "INSERT INTO account (id, name, email, lang, made_at) VALUES ($1, $2, $3, $4, $5)",
        params![
            account.id,
            &account.name,
            account.email.as_deref(),
            account.lang.map(|lang| lang.tag().to_owned()),
            now,
        ],
    )
    .await?;
    Ok(())
}

/// Gives an account exactly these roles at the hub.
pub async fn set_roles(tx: &Tx, account: Id<Account>, roles: &[Role]) -> Result<(), Fault> {
    tx.exec(
        "DELETE FROM account_role WHERE account = $1",
        params![account],
    )
    .await?;
    for role in roles {
        tx.exec(
            "INSERT INTO account_role (account, role) VALUES ($1, $2)",
            params![account, role.word()],
        )
        .await?;
    }
    Ok(())
}

/// Keeps a passphrase's hash.
pub async fn set_passphrase(tx: &Tx, account: Id<Account>, hash: &str) -> Result<(), Fault> {
    tx.exec(
        "UPDATE account SET passphrase = $1 WHERE id = $2",
        params![hash, account],
    )
    .await?;
    Ok(())
}

/// Keeps the language somebody chose.
pub async fn set_lang(tx: &Tx, account: Id<Account>, lang: Lang) -> Result<(), Fault> {
    tx.exec(
        "UPDATE account SET lang = $1 WHERE id = $2",
        params![lang.tag(), account],
    )
    .await?;
    Ok(())
}

/// Closes an account, or opens it again; its sessions and open links end with it.
pub async fn set_closed(tx: &Tx, account: Id<Account>, at: Option<Time>) -> Result<(), Fault> {
    tx.exec(
        "UPDATE account SET closed_at = $1 WHERE id = $2",
        params![at, account],
    )
    .await?;
    if at.is_some() {
        tx.exec("DELETE FROM session WHERE account = $1", params![account])
            .await?;
        tx.exec(
            "DELETE FROM link WHERE account = $1 AND used_at IS NULL",
            params![account],
        )
        .await?;
    }
    Ok(())
}

const ACCOUNT: &str = "id, name, email, passphrase IS NOT NULL AS has_passphrase, lang, closed_at";

fn account_of(row: &Row) -> Result<AccountRow, Fault> {
    Ok(AccountRow {
        id: row.id("id")?,
        name: row.text("name")?,
        email: row.opt_text("email")?,
        has_passphrase: row.flag("has_passphrase")?,
        lang: row.opt_text("lang")?.as_deref().and_then(Lang::from_tag),
        closed_at: row.opt_time("closed_at")?,
    })
}

/// An account by its id.
pub async fn account(db: &Conn, id: Id<Account>) -> Result<Option<AccountRow>, Fault> {
    let sql = format!("SELECT {ACCOUNT} FROM account WHERE id = $1");
    db.one(&sql, params![id])
        .await?
        .map(|row| account_of(&row))
        .transpose()
}

/// The open account with this e-mail, with its passphrase's hash.
pub async fn by_email(
    db: &Conn,
    email: &str,
) -> Result<Option<(Id<Account>, Option<String>)>, Fault> {
    let row = db
        .one(
            "SELECT id, passphrase FROM account WHERE email = $1 AND closed_at IS NULL",
            params![email],
        )
        .await?;
    row.map(|row| Ok((row.id("id")?, row.opt_text("passphrase")?)))
        .transpose()
}

/// One page of the accounts with their roles, by name.
pub async fn accounts(
    db: &Conn,
    limit: i64,
    offset: i64,
) -> Result<Vec<(AccountRow, Vec<Role>)>, Fault> {
    let sql = format!("SELECT {ACCOUNT} FROM account ORDER BY name, id LIMIT $1 OFFSET $2");
    let accounts: Vec<AccountRow> = db
        .all(&sql, params![limit, offset])
        .await?
        .iter()
        .map(account_of)
        .collect::<Result<_, _>>()?;
    let roles = db
        .all(
            "SELECT r.account AS account, r.role AS role FROM account_role r \
             JOIN (SELECT id FROM account ORDER BY name, id LIMIT $1 OFFSET $2) a ON a.id = r.account \
             ORDER BY r.role",
            params![limit, offset],
        )
        .await?;
    let roles: Vec<(Id<Account>, Role)> = roles
        .iter()
        .map(|row| Ok((row.id("account")?, row.word("role")?)))
        .collect::<Result<_, Fault>>()?;
    Ok(accounts
        .into_iter()
        .map(|account| {
            let own = roles
                .iter()
                .filter(|(id, _)| *id == account.id)
                .map(|(_, role)| *role)
                .collect();
            (account, own)
        })
        .collect())
}

/// All accounts, also closed ones.
pub async fn all_accounts_count(db: &Conn) -> Result<i64, Fault> {
    db.count("SELECT COUNT(*) AS n FROM account", params![])
        .await
}

/// Open accounts that have one of the roles of a study's members, by name, for choosing members.
pub async fn possible_members(db: &Conn) -> Result<Vec<(Id<Account>, String)>, Fault> {
    let rows = db
        .all(
            "SELECT id, name FROM account WHERE closed_at IS NULL ORDER BY name, id LIMIT 500",
            params![],
        )
        .await?;
    rows.iter()
        .map(|row| Ok((row.id("id")?, row.text("name")?)))
        .collect()
}

/// Names of these accounts.
pub async fn names(db: &Conn, ids: &[Id<Account>]) -> Result<Vec<(Id<Account>, String)>, Fault> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT id, name FROM account WHERE id IN ({})",
        places(1, ids.len())
    );
    let rows = db.all(&sql, each(ids)).await?;
    rows.iter()
        .map(|row| Ok((row.id("id")?, row.text("name")?)))
        .collect()
}

/// Makes somebody a member, or changes what they are there.
pub async fn set_member(
    tx: &Tx,
    account: Id<Account>,
    kind: &str,
    subject: Uuid,
    role: Role,
    now: Time,
) -> Result<(), Fault> {
    tx.exec(
        "INSERT INTO membership (account, kind, subject, role, made_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (account, kind, subject) DO UPDATE SET role = $4",
        params![account, kind, subject, role.word(), now],
    )
    .await?;
    Ok(())
}

/// Ends a membership.
pub async fn remove_member(
    tx: &Tx,
    account: Id<Account>,
    kind: &str,
    subject: Uuid,
) -> Result<(), Fault> {
    tx.exec(
        "DELETE FROM membership WHERE account = $1 AND kind = $2 AND subject = $3",
        params![account, kind, subject],
    )
    .await?;
    Ok(())
}

/// The members of something, by name.
pub async fn members(db: &Conn, kind: &str, subject: Uuid) -> Result<Vec<Member>, Fault> {
    let rows = db
        .all(
            "SELECT m.account AS account, a.name AS name, m.role AS role, m.made_at AS since, \
             EXISTS (SELECT 1 FROM account_role r WHERE r.account = m.account AND r.role = 'hub_lead') \
             AS leads_the_hub FROM membership m JOIN account a ON a.id = m.account WHERE m.kind = $1 AND m.subject = $2 \
             ORDER BY a.name, m.account",
            params![kind, subject],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Member {
                account: row.id("account")?,
                name: row.text("name")?,
                role: row.word("role")?,
                since: row.time("since")?,
                leads_the_hub: row.flag("leads_the_hub")?,
            })
        })
        .collect()
}

/// Begins a session.
pub async fn add_session(
    tx: &Tx,
    session: &SessionRow,
    account: Id<Account>,
    token: Digest,
    ends_at: Time,
) -> Result<(), Fault> {
    tx.exec(
        "INSERT INTO session (id, account, token, device, made_at, seen_at, ends_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![
            session.id,
            account,
            token,
            &session.device,
            session.made_at,
            session.seen_at,
            ends_at
        ],
    )
    .await?;
    Ok(())
}

/// The session behind a cookie, when it still holds: its actor, and when it was last seen.
pub async fn actor_by_token(
    db: &Conn,
    token: Digest,
    now: Time,
    idle: i64,
) -> Result<Option<(Actor, Time)>, Fault> {
    // One question for the session, the roles at the hub, which have an empty kind, and the
    // memberships: it is asked before every answer.
    let rows = db
        .all(
            "SELECT s.id AS session, s.seen_at AS seen_at, a.id AS account, a.name AS name, \
             a.lang AS lang, r.role AS role, '' AS kind, NULL AS subject \
             FROM session s JOIN account a ON a.id = s.account \
             LEFT JOIN account_role r ON r.account = a.id \
             WHERE s.token = $1 AND s.ends_at > $2 AND s.seen_at > $3 AND a.closed_at IS NULL \
             UNION ALL \
             SELECT s.id, s.seen_at, a.id, a.name, a.lang, m.role, m.kind, m.subject \
             FROM session s JOIN account a ON a.id = s.account JOIN membership m ON m.account = a.id \
             WHERE s.token = $1 AND s.ends_at > $2 AND s.seen_at > $3 AND a.closed_at IS NULL \
             ORDER BY kind, role",
            params![token, now, now.plus(-idle)],
        )
        .await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let (roles, memberships) = roles_in(&rows)?;
    let actor = Actor {
        account: Some(row.id("account")?),
        session: Some(row.id("session")?),
        name: row.text("name")?,
        roles,
        memberships,
        lang: row.opt_text("lang")?.as_deref().and_then(Lang::from_tag),
    };
    Ok(Some((actor, row.time("seen_at")?)))
}

/// Roles at the hub, and memberships, of one account.
pub async fn roles_of(
    db: &Conn,
    account: Id<Account>,
) -> Result<(Vec<Role>, Vec<Membership>), Fault> {
    // One question for both: an empty kind marks the roles at the hub.
    let rows = db
        .all(
            "SELECT role, '' AS kind, NULL AS subject FROM account_role WHERE account = $1 \
             UNION ALL SELECT role, kind, subject FROM membership WHERE account = $1 \
             ORDER BY kind, role",
            params![account],
        )
        .await?;
    roles_in(&rows)
}

/// Roles and memberships in rows with `role`, `kind` and `subject`.
fn roles_in(rows: &[Row]) -> Result<(Vec<Role>, Vec<Membership>), Fault> {
    let (mut roles, mut memberships) = (Vec::new(), Vec::new());
    for row in rows {
        // Somebody without a role at the hub.
        if row.opt_text("role")?.is_none() {
            continue;
        }
        let role = row.word("role")?;
        match row.opt_id::<()>("subject")? {
            None => roles.push(role),
            Some(id) => memberships.push(Membership {
                kind: row.text("kind")?,
                id: id.uuid(),
                role,
            }),
        }
    }
    Ok((roles, memberships))
}

/// Notes that a session was used.
pub async fn touch_session(tx: &Tx, id: Id<Session>, now: Time) -> Result<(), Fault> {
    tx.exec(
        "UPDATE session SET seen_at = $1 WHERE id = $2",
        params![now, id],
    )
    .await?;
    Ok(())
}

/// The sessions of somebody, newest use first.
pub async fn sessions(
    db: &Conn,
    account: Id<Account>,
    now: Time,
) -> Result<Vec<SessionRow>, Fault> {
    let rows = db
        .all(
            "SELECT id, device, made_at, seen_at FROM session WHERE account = $1 AND ends_at > $2 \
             ORDER BY seen_at DESC, id LIMIT 100",
            params![account, now],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(SessionRow {
                id: row.id("id")?,
                device: row.text("device")?,
                made_at: row.time("made_at")?,
                seen_at: row.time("seen_at")?,
            })
        })
        .collect()
}

/// Ends one of somebody's sessions; gives whether there was one.
pub async fn end_session(tx: &Tx, account: Id<Account>, id: Id<Session>) -> Result<bool, Fault> {
    let gone = tx
        .exec(
            "DELETE FROM session WHERE id = $1 AND account = $2",
            params![id, account],
        )
        .await?;
    Ok(gone > 0)
}

/// Ends all of somebody's sessions but one.
pub async fn end_other_sessions(
    tx: &Tx,
    account: Id<Account>,
    keep: Id<Session>,
) -> Result<(), Fault> {
    tx.exec(
        "DELETE FROM session WHERE account = $1 AND id <> $2",
        params![account, keep],
    )
    .await?;
    Ok(())
}

/// Adds a one-time link.
pub async fn add_link(tx: &Tx, link: &LinkRow, token: Digest, now: Time) -> Result<(), Fault> {
    tx.exec(
        "INSERT INTO link (id, token, purpose, account, made_at, ends_at) VALUES ($1, $2, $3, $4, $5, $6)",
        params![link.id, token, link.purpose.word(), link.account, now, link.ends_at],
    )
    .await?;
    Ok(())
}

/// Takes back the open links of a purpose: a new one replaces the old.
pub async fn drop_links(
    tx: &Tx,
    purpose: Purpose,
    account: Option<Id<Account>>,
) -> Result<(), Fault> {
    tx.exec(
        "DELETE FROM link WHERE purpose = $1 AND used_at IS NULL AND (account = $2 OR (account IS NULL AND $3))",
        params![purpose.word(), account.map_or(Uuid::nil(), Id::uuid), account.is_none()],
    )
    .await?;
    Ok(())
}

/// The link behind a secret.
pub async fn link(db: &Conn, token: Digest) -> Result<Option<LinkRow>, Fault> {
    let row = db
        .one(
            "SELECT id, purpose, account, ends_at, used_at FROM link WHERE token = $1",
            params![token],
        )
        .await?;
    row.map(|row| {
        Ok(LinkRow {
            id: row.id("id")?,
            purpose: row.word("purpose")?,
            account: row.opt_id("account")?,
            ends_at: row.time("ends_at")?,
            used_at: row.opt_time("used_at")?,
        })
    })
    .transpose()
}

/// When the unused invitations end that end before a moment, soonest first, and for whom they are.
pub async fn open_invitations(
    db: &Conn,
    now: Time,
    before: Time,
    limit: i64,
) -> Result<Vec<(Id<Account>, Time)>, Fault> {
    let rows = db
        .all(
            "SELECT account, ends_at FROM link WHERE purpose = $1 AND used_at IS NULL AND account IS NOT NULL \
             AND ends_at > $2 AND ends_at < $3 ORDER BY ends_at LIMIT $4",
            params![Purpose::Invitation.word(), now, before, limit],
        )
        .await?;
    rows.iter()
        .map(|row| Ok((row.id("account")?, row.time("ends_at")?)))
        .collect()
}

/// Uses a link up; false when it was used or has ended already.
pub async fn use_link(tx: &Tx, id: Id<Link>, now: Time) -> Result<bool, Fault> {
    let used = tx
        .exec(
            "UPDATE link SET used_at = $1 WHERE id = $2 AND used_at IS NULL AND ends_at > $1",
            params![now, id],
        )
        .await?;
    Ok(used == 1)
}
