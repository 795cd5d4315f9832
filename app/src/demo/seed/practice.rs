//! The practice study: one has made it, another is in it, and both have begun to mark.

use analysis::NewMark;
use base::{Lang, Role};
use frame::Failure;
use voices::Study;

use super::{Seeder, Text, anchor_of, broken};
use crate::demo::content::PracticeMark;

impl Seeder {
    /// Makes it with a few marks in it.
    pub(super) async fn practice(&self, marks: &[PracticeMark]) -> Result<Study, Failure> {
        let maker = self.visitor("peer_researcher").await?;
        let study = self
            .act(move |tx| {
                Box::pin(async move { voices::practice::begin(tx, &maker, Lang::Nb).await })
            })
            .await?;
        // With the membership that came with it.
        let maker = self.visitor("peer_researcher").await?;
        let others = [
            (self.account("peer_researcher_two")?, Role::PeerResearcher),
            (self.account("process_manager")?, Role::ProcessManager),
        ];
        let id = study.id;
        self.act(move |tx| {
            Box::pin(async move {
                for (account, role) in others {
                    voices::set_member(tx, &maker, id, account, role).await?;
                }
                Ok(())
            })
        })
        .await?;
        let db = self.hub.store().read();
        let codes = analysis::codes(&db, id).await?;
        let source = voices::sources(&db, id, 1, 0).await?;
        let source = source.first().ok_or_else(|| broken("practice"))?.source.id;
        let blocks = voices::blocks(&db, source, 1, 10_000).await?;
        let text = Text { source, blocks };
        for mark in marks {
            let code = codes.iter().find(|code| code.name == mark.code);
            let new = NewMark {
                anchor: anchor_of(&text, &mark.quote, None).ok_or_else(|| broken(&mark.quote))?,
                codes: vec![code.ok_or_else(|| broken(&mark.code))?.id],
                new_codes: Vec::new(),
                note: mark.note.clone(),
            };
            let visitor = self.visitor(self.coder(&mark.coder)?).await?;
            self.act(move |tx| {
                Box::pin(async move {
                    analysis::mark(tx, &visitor, source, &new).await?;
                    Ok(())
                })
            })
            .await?;
        }
        Ok(study)
    }

    /// The person behind a coder's name.
    fn coder(&self, name: &str) -> Result<&str, Failure> {
        let coders = self.people.person.iter();
        coders
            .filter(|person| person.coder.as_deref() == Some(name))
            .map(|person| person.id.as_str())
            .next()
            .ok_or_else(|| broken(name))
    }
}
