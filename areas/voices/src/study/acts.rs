//! What is done with studies: each act opens its door, changes the rows and is recorded.

use base::{Id, Role, Uuid};
use frame::{Failure, Hub};
use people::{Act, Layer, Scope, StudyPart, Thing, Visitor, members};
use serde_json::json;
use store::{Conn, Fault, Tx};

use super::{
    Command, Facts, GuideTheme, NewStudy, NotMoved, StateChange, Study, StudyState, free_slug,
    may_move, slug_of, store as rows,
};

/// A study that is about to be made.
pub struct Begin(Uuid);

impl Begin {
    /// Any study: to ask whether somebody may begin one.
    #[must_use]
    pub fn any() -> Self {
        Self(Uuid::nil())
    }
}

impl Thing for Begin {
    const KIND: &'static str = people::STUDY;
    fn id(&self) -> Uuid {
        self.0
    }
    fn scope(&self) -> Scope {
        Scope::NewStudy
    }
}

/// Makes a study. Whoever makes it becomes its process manager (an operator at the command line
/// has no account and makes it without members).
///
/// # Errors
/// [`Failure::NotFound`] when this person may not begin studies; [`Failure`] of the database.
pub async fn create_study(tx: &Tx, visitor: &Visitor, new: &NewStudy) -> Result<Study, Failure> {
    let hub = visitor.hub();
    let now = hub.now();
    let id: Id<Study> = hub.chance().id(now);
    visitor.enter(tx, Act::Create, Begin(id.uuid())).await?;
    let wish = new.slug.as_deref().unwrap_or(&new.title);
    let taken = rows::slugs_like(tx, &slug_of(wish)).await?;
    let slug = free_slug(wish, &taken);
    rows::add(tx, id, &slug, now).await?;
    write_commission(tx, visitor, id, new).await?;
    if let Some(account) = visitor.actor().account {
        members::set(tx, id.uuid(), account, Role::ProcessManager, now).await?;
    }
    record(
        tx,
        visitor,
        id,
        "voices-did-begin",
        &json!({ "title": new.title }),
        None,
    )
    .await?;
    rows::by_id(tx, id).await?.ok_or(Failure::NotFound)
}

/// The study at this address, made when it is not there (for commands).
///
/// # Errors
/// [`Failure::NotFound`] when it is not there and this person may not make it, or may not work in it.
pub async fn ensure_study(tx: &Tx, visitor: &Visitor, slug: &str) -> Result<Study, Failure> {
    match rows::by_slug(tx, slug).await? {
        Some(study) => Ok(visitor.enter(tx, Act::Read, study).await?.into_inner()),
        None => {
            let new = NewStudy {
                title: slug.to_owned(),
                slug: Some(slug.to_owned()),
                ..NewStudy::default()
            };
            create_study(tx, visitor, &new).await
        }
    }
}

/// Writes title, background, services, questions and theme guide anew.
///
/// # Errors
/// [`Failure::NotFound`] when this person does not lead the study.
pub async fn change_study(
    tx: &Tx,
    visitor: &Visitor,
    study: &Study,
    new: &NewStudy,
) -> Result<(), Failure> {
    visitor.enter(tx, Act::Change, study.clone()).await?;
    write_commission(tx, visitor, study.id, new).await?;
    record(
        tx,
        visitor,
        study.id,
        "voices-did-change-study",
        &json!({ "title": new.title }),
        None,
    )
    .await?;
    Ok(())
}

pub(super) async fn write_commission(
    tx: &Tx,
    visitor: &Visitor,
    id: Id<Study>,
    new: &NewStudy,
) -> Result<(), Fault> {
    let hub = visitor.hub();
    rows::set_words(tx, id, new).await?;
    rows::set_lists(tx, id, &new.services, &new.questions).await?;
    // A theme that keeps its title keeps its id: codes made from the guide point to it by title.
    let before = rows::guide(tx, id).await?;
    let kept = |title: &str| {
        before
            .iter()
            .find(|theme| theme.title == title)
            .map(|theme| theme.id)
    };
    let mut guide: Vec<GuideTheme> = Vec::new();
    for (title, questions) in &new.guide {
        let old = kept(title).filter(|id| guide.iter().all(|theme| theme.id != *id));
        let id = old.unwrap_or_else(|| hub.chance().id(hub.now()));
        guide.push(GuideTheme {
            id,
            title: title.clone(),
            questions: questions.clone(),
        });
    }
    rows::set_guide(tx, id, &guide).await
}

/// Moves a study to another state. `facts` are [`facts`].
///
/// # Errors
/// [`Failure::NotFound`]; `VO0001` when a reason is needed; `VO0002` when the state can't be
/// chosen from where the study is now.
pub async fn set_state(
    tx: &Tx,
    visitor: &Visitor,
    study: &Study,
    to: StudyState,
    reason: &str,
    facts: &Facts,
) -> Result<(), Failure> {
    visitor.enter(tx, Act::Change, study.clone()).await?;
    may_move(study.state, to, facts, reason).map_err(|why| match why {
        NotMoved::NeedsReason => Failure::bad("VO0001", "voices-needs-reason"),
        NotMoved::NotNext => Failure::conflict("VO0002", "voices-not-next"),
    })?;
    let hub = visitor.hub();
    let change = StateChange {
        before: study.state,
        after: to,
        reason: reason.trim().to_owned(),
        actor: visitor.actor().account,
        at: hub.now(),
    };
    if !rows::set_state(tx, study.id, (hub.chance().id(hub.now()), &change)).await? {
        return Err(Failure::conflict("VO0002", "voices-not-next"));
    }
    let payload = json!({ "before": change.before.word(), "after": change.after.word() });
    record(tx, visitor, study.id, "voices-did-move", &payload, None).await?;
    Ok(())
}

/// What is counted in a study, here and by the areas that know of findings and reports.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn facts(hub: &Hub, db: &Conn, study: Id<Study>) -> Result<Facts, Fault> {
    let members = members::of_study(db, study.uuid()).await?;
    let interviewers = members
        .iter()
        .filter(|member| member.role == Role::PeerResearcher)
        .count();
    let known = hub.progress(db, study.uuid()).await?;
    Ok(Facts {
        interviewers: i64::try_from(interviewers).unwrap_or(i64::MAX),
        findings: known.findings,
        process_reports: known.process_reports,
        handed_over: known.handed_over,
        final_reports: known.final_reports,
        ..rows::facts(db, study).await?
    })
}

/// Makes somebody a member, or changes what they are.
///
/// # Errors
/// [`Failure::NotFound`] when this person may not choose the members; `VO0003` for a role that
/// no member has.
pub async fn set_member(
    tx: &Tx,
    visitor: &Visitor,
    study: Id<Study>,
    account: Id<base::Account>,
    role: Role,
) -> Result<(), Failure> {
    if !MEMBER_ROLES.contains(&role) {
        return Err(Failure::bad("VO0003", "voices-not-a-member-role"));
    }
    visitor
        .enter(tx, Act::Change, StudyPart(study.uuid(), Layer::Members))
        .await?;
    members::set(tx, study.uuid(), account, role, visitor.hub().now()).await?;
    let payload = json!({ "account": account, "role": role.word() });
    // That somebody with the keys to every study went into this one is told in words of its own.
    let told = match members::leads_the_hub(tx, account).await? {
        false => "voices-did-add-member",
        true if visitor.actor().account == Some(account) => "voices-did-join-as-lead",
        true => "voices-did-add-lead",
    };
    record(tx, visitor, study, told, &payload, None).await?;
    Ok(())
}

/// What a member of a study can be.
pub const MEMBER_ROLES: [Role; 3] = [Role::PeerResearcher, Role::ProcessManager, Role::Service];

/// Ends a membership.
///
/// # Errors
/// [`Failure::NotFound`] when this person may not choose the members; `VO0004` when nobody would
/// be left to lead the study.
pub async fn remove_member(
    tx: &Tx,
    visitor: &Visitor,
    study: Id<Study>,
    account: Id<base::Account>,
) -> Result<(), Failure> {
    visitor
        .enter(tx, Act::Change, StudyPart(study.uuid(), Layer::Members))
        .await?;
    let members = members::of_study(tx, study.uuid()).await?;
    let leads = |member: &&members::Member| member.role == Role::ProcessManager;
    let left = members
        .iter()
        .filter(leads)
        .filter(|member| member.account != account)
        .count();
    if left == 0 && members.iter().filter(leads).count() > 0 {
        return Err(Failure::conflict("VO0004", "voices-last-leader"));
    }
    members::remove(tx, study.uuid(), account).await?;
    record(
        tx,
        visitor,
        study,
        "voices-did-remove-member",
        &json!({ "account": account }),
        None,
    )
    .await?;
    Ok(())
}

/// Appends to the study's command log, in the act that does the thing; gives its number. `kind` is
/// the key of the text that tells it in the history.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn record(
    tx: &Tx,
    visitor: &Visitor,
    study: Id<Study>,
    kind: &str,
    payload: &serde_json::Value,
    undoes: Option<i64>,
) -> Result<i64, Fault> {
    let command = Command {
        seq: 0,
        at: visitor.hub().now(),
        actor: visitor.actor().account,
        kind: kind.to_owned(),
        payload: payload.clone(),
        undoes,
    };
    // Words that this act takes out lie nowhere in memory either.
    visitor.hub().shelf().clear(study.uuid());
    rows::record(tx, study, &command).await
}

#[cfg(test)]
mod tests {
    use frame::Hub;
    use store::testing;

    use super::*;
    use crate::study::missing;
    use crate::testing::{a_hub, a_study};

    async fn move_to(
        hub: &Hub,
        study: &Study,
        to: StudyState,
        reason: &'static str,
    ) -> Result<(), Failure> {
        hub.clock().advance(base::MINUTE);
        let (who, study) = (Visitor::operator(hub, "test"), study.clone());
        hub.store()
            .write(move |tx| {
                Box::pin(async move {
                    let facts = facts(who.hub(), tx, study.id).await?;
                    set_state(tx, &who, &study, to, reason, &facts).await
                })
            })
            .await
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn studies_have_addresses_of_their_own_and_keep_their_commission() {
        testing::each_engine(async |store, clock| {
            let hub = a_hub(store, clock, vec![crate::area()]);
            let first = a_study(&hub).make().await.unwrap().study;
            let second = a_study(&hub).make().await.unwrap().study;
            assert_eq!(
                (first.slug.as_str(), second.slug.as_str()),
                ("oppsokende-team", "oppsokende-team-2")
            );
            let db = hub.store().read();
            assert_eq!(
                crate::study_by_slug(&db, "oppsokende-team").await.unwrap(),
                Some(first.clone())
            );
            assert_eq!(
                crate::study_by_slug(&db, "finnes-ikke").await.unwrap(),
                None
            );
            let before = crate::guide(&db, first.id).await.unwrap();
            let new = NewStudy {
                title: "Nytt navn".into(),
                questions: vec!["Hva?".into(), "Hvem?".into()],
                guide: vec![
                    ("Hverdagen".into(), vec![]),
                    ("Å bli møtt".into(), vec!["Når?".into()]),
                ],
                ..NewStudy::default()
            };
            let (who, study) = (Visitor::operator(&hub, "test"), first.clone());
            let changed: Result<(), Failure> = hub
                .store()
                .write(move |tx| {
                    Box::pin(async move { change_study(tx, &who, &study, &new).await })
                })
                .await;
            changed.unwrap();
            let after = crate::study(&db, first.id).await.unwrap().unwrap();
            assert_eq!(
                (
                    after.title.as_str(),
                    after.services.len(),
                    after.questions.len()
                ),
                ("Nytt navn", 0, 2)
            );
            assert_eq!(after.slug, first.slug);
            let guide = crate::guide(&db, first.id).await.unwrap();
            assert_eq!(
                guide[1].id, before[0].id,
                "a theme that keeps its title keeps its id"
            );
            assert_eq!(guide[1].questions, ["Når?"]);
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_state_moves_on_and_what_was_missing_has_its_reason() {
        testing::each_engine(async |store, clock| {
            let hub = a_hub(store, clock, vec![crate::area()]);
            let study = a_study(&hub).make().await.unwrap().study;
            move_to(&hub, &study, StudyState::Anchored, "")
                .await
                .unwrap();
            let twice = move_to(&hub, &study, StudyState::Anchored, "").await;
            assert!(
                matches!(twice, Err(Failure::Refused { code: "VO0002", .. })),
                "{twice:?}"
            );
            let db = hub.store().read();
            let study = crate::study(&db, study.id).await.unwrap().unwrap();
            move_to(&hub, &study, StudyState::Recruiting, "")
                .await
                .unwrap();
            let study = crate::study(&db, study.id).await.unwrap().unwrap();
            let facts = facts(&hub, &db, study.id).await.unwrap();
            assert_eq!(missing(study.state, &facts), [crate::Missing::Interviewer]);
            let refused = move_to(&hub, &study, StudyState::Interviewing, "  ").await;
            assert!(
                matches!(refused, Err(Failure::Refused { code: "VO0001", .. })),
                "{refused:?}"
            );
            move_to(&hub, &study, StudyState::Interviewing, " Vi er to ")
                .await
                .unwrap();
            let newest = crate::state_changes(&db, study.id, 10).await.unwrap();
            let moves: Vec<(&str, &str)> = newest
                .iter()
                .map(|change| (change.after.word(), change.reason.as_str()))
                .collect();
            assert_eq!(
                moves,
                [
                    ("interviewing", "Vi er to"),
                    ("recruiting", ""),
                    ("anchored", "")
                ]
            );
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn other_areas_tell_what_they_know_of_a_study() {
        testing::each_engine(async |store, clock| {
            let texts = ui::TextSet {
                room: "other",
                nb: "",
                nn: "",
                en: "",
            };
            let other = frame::Area::new("other", texts).progress(|_, _| {
                Box::pin(async {
                    Ok(frame::Progress {
                        findings: Some(2),
                        process_reports: Some(1),
                        handed_over: Some(0),
                        final_reports: None,
                    })
                })
            });
            let hub = a_hub(store, clock, vec![crate::area(), other]);
            let study = a_study(&hub).make().await.unwrap().study;
            let facts = facts(&hub, &hub.store().read(), study.id).await.unwrap();
            assert_eq!(
                (
                    facts.findings,
                    facts.process_reports,
                    facts.handed_over,
                    facts.final_reports
                ),
                (Some(2), Some(1), Some(0), None)
            );
            assert_eq!(
                missing(StudyState::ProcessReport, &facts),
                [crate::Missing::HandOver]
            );
            assert_eq!(
                missing(StudyState::Analysing, &facts),
                [crate::Missing::Basis]
            );
        })
        .await;
    }
}
