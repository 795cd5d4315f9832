//! Who belongs to a study: the part of this area's rows that others may ask for.

use ::store::{Conn, Fault, Tx};
use base::{Account, Actor, Id, Role, Time, Uuid};

use crate::rules::STUDY;
use crate::store as rows;

/// A member of a study.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Member {
    /// The account.
    pub account: Id<Account>,
    /// Name to show.
    pub name: String,
    /// What they are there.
    pub role: Role,
    /// Since when they are a member.
    pub since: Time,
    /// They lead the hub.
    pub leads_the_hub: bool,
}

/// The members of a study, by name.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn of_study(db: &Conn, study: Uuid) -> Result<Vec<Member>, Fault> {
    rows::members(db, STUDY, study).await
}

/// Does this account lead the hub?
///
/// # Errors
/// [`Fault`] of the database.
pub async fn leads_the_hub(db: &Conn, account: Id<Account>) -> Result<bool, Fault> {
    let (roles, _) = rows::roles_of(db, account).await?;
    Ok(roles.contains(&Role::HubLead))
}

/// Open accounts, by name, to choose members from.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn possible(db: &Conn) -> Result<Vec<(Id<Account>, String)>, Fault> {
    rows::possible_members(db).await
}

/// Makes somebody a member of a study, or changes what they are there. Open the door to
/// [`crate::Layer::Members`] first.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn set(
    tx: &Tx,
    study: Uuid,
    account: Id<Account>,
    role: Role,
    now: Time,
) -> Result<(), Fault> {
    rows::set_member(tx, account, STUDY, study, role, now).await
}

/// Ends a membership. Open the door to [`crate::Layer::Members`] first.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn remove(tx: &Tx, study: Uuid, account: Id<Account>) -> Result<(), Fault> {
    rows::remove_member(tx, account, STUDY, study).await
}

/// Names of accounts, for lists and logs.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn names(db: &Conn, ids: &[Id<Account>]) -> Result<Vec<(Id<Account>, String)>, Fault> {
    rows::names(db, ids).await
}

/// An account as an actor, for work that goes on in their name without a browser: jobs.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn actor(db: &Conn, id: Id<Account>) -> Result<Option<Actor>, Fault> {
    let Some(account) = rows::account(db, id).await? else {
        return Ok(None);
    };
    if account.closed_at.is_some() {
        return Ok(None);
    }
    let (roles, memberships) = rows::roles_of(db, id).await?;
    Ok(Some(Actor {
        account: Some(id),
        session: None,
        name: account.name,
        roles,
        memberships,
        lang: account.lang,
    }))
}
