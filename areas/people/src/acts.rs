//! What is done with accounts: acts that pages, the demo and later imports call alike.

use base::{Account, Id, Lang, Role};
use frame::{Failure, Hub};
use store::{Fault, Tx};

use crate::door::{TheHub, Visitor};
use crate::rules::Act;
use crate::store as rows;
use crate::store::{AccountRow, HubRow};

/// Somebody who gets an account.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// Name to show.
    pub name: String,
    /// What one signs in with; none for those who come by link only.
    pub email: Option<String>,
    /// Roles at the hub.
    pub roles: Vec<Role>,
    /// Language, when it is known.
    pub lang: Option<Lang>,
}

/// Adds an account.
///
/// # Errors
/// [`Fault::Taken`] when the e-mail has an account already.
pub async fn add_account(tx: &Tx, hub: &Hub, new: &NewAccount) -> Result<Id<Account>, Fault> {
    let now = hub.now();
    let id = hub.chance().id(now);
    let account = AccountRow {
        id,
        name: new.name.clone(),
        email: new.email.clone(),
        has_passphrase: false,
        lang: new.lang,
        closed_at: None,
    };
    rows::add_account(tx, &account, now).await?;
    rows::set_roles(tx, id, &new.roles).await?;
    Ok(id)
}

/// Names the hub.
///
/// # Errors
/// [`Failure::NotFound`] when this person does not lead it.
pub async fn name_hub(tx: &Tx, visitor: &Visitor, hub: &HubRow) -> Result<(), Failure> {
    visitor.enter(tx, Act::Change, TheHub).await?;
    rows::set_hub(tx, hub, visitor.hub().now()).await?;
    visitor.hub().set_name(&hub.name);
    Ok(())
}

/// Lower case and without space around: an e-mail is the same however it is typed. `None` when it
/// can't be one.
#[must_use]
pub fn email(typed: &str) -> Option<String> {
    let email = typed.trim().to_lowercase();
    let (name, host) = email.split_once('@')?;
    let fine = !name.is_empty()
        && host.contains('.')
        && !host.starts_with('.')
        && !host.ends_with('.')
        && !email.contains(char::is_whitespace)
        && !host.contains('@')
        && email.len() <= 254;
    fine.then_some(email)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_email_is_the_same_however_it_is_typed() {
        assert_eq!(email(" Kari@Hub.example "), Some("kari@hub.example".into()));
        for bad in [
            "kari",
            "@hub.example",
            "kari@hub",
            "ka ri@hub.example",
            "a@b@c.no",
            "a@.no",
            "",
        ] {
            assert_eq!(email(bad), None, "{bad}");
        }
    }
}
