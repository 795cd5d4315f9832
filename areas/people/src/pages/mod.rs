//! Pages of this area.

mod account;
mod link;
mod me;
mod sign_in;

use frame::{Door, Routes};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/sign-in", Door::Anyone, sign_in::page)
        .post("/sign-in", Door::Anyone, sign_in::enter)
        .post("/sign-out", Door::Anyone, sign_in::leave)
        .get("/demo/{token}", Door::Anyone, sign_in::demo)
        .get("/link/{token}", Door::Anyone, link::page)
        .post("/link/{token}", Door::Anyone, link::use_up)
        .get("/me", Door::SignedIn, me::page)
        .post("/me/language", Door::SignedIn, me::language)
        .post("/me/passphrase", Door::SignedIn, me::passphrase)
        .post("/me/sessions/end", Door::SignedIn, me::end_session)
        .get("/people", Door::HubLead, account::list)
        .post("/people", Door::HubLead, account::invite)
        .get("/people/hub", Door::HubLead, account::hub)
        .post("/people/hub", Door::HubLead, account::change_hub)
        .get("/people/{id}", Door::HubLead, account::one)
        .post("/people/{id}/roles", Door::HubLead, account::roles)
        .post("/people/{id}/link", Door::HubLead, account::link)
        .post("/people/{id}/close", Door::HubLead, account::close)
}

/// Notes at the field what a new passphrase lacks.
pub(crate) fn new_passphrase(form: &mut ui::form::Form) -> String {
    use crate::passphrase::{LONGEST, SHORTEST};
    let typed = form.raw("passphrase").to_owned();
    let length = typed.chars().count();
    if length < SHORTEST {
        form.wrong("passphrase", "people-passphrase-short");
    } else if length > LONGEST {
        form.wrong("passphrase", "ui-field-too-long");
    }
    typed
}
