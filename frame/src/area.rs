//! The manifest an area hands in.

use std::sync::Arc;

use axum::http::HeaderMap;
use base::{Account, Actor, Id, Lang, Time, Uuid};
use futures::future::BoxFuture;
use store::{Conn, Fault, Store, Tx};
use ui::TextSet;

use crate::errand::ErrandsFn;
use crate::jobs::{JobEnd, Work};
use crate::{Hub, Routes};

/// A function that does a job's work; see [`crate::jobs`].
pub type JobFn = fn(Work) -> BoxFuture<'static, Result<serde_json::Value, JobEnd>>;
/// A function that looks over the area's own derived data: one line per fault, with what to do.
pub type CheckFn = for<'a> fn(&'a Store) -> BoxFuture<'a, Result<Vec<String>, Fault>>;
/// A function that runs inside the caller's transaction.
pub type HookFn<E, T = ()> = for<'a> fn(&'a Tx, &'a E) -> BoxFuture<'a, Result<T, Fault>>;
/// A function that counts what its area knows of how far a study is.
pub type ProgressFn = for<'a> fn(&'a Conn, Uuid) -> BoxFuture<'a, Result<Progress, Fault>>;
/// A function that counts what its area has fixed with words of a block in it, and that still stands.
pub type FixedWithFn = for<'a> fn(&'a Conn, Uuid) -> BoxFuture<'a, Result<i64, Fault>>;
/// A function that knows from a request's headers who is asking.
pub type IdentifyFn = fn(Hub, HeaderMap) -> BoxFuture<'static, Result<Option<Arc<Actor>>, Fault>>;

/// A function that runs once, between opening the store and the first request.
pub type StartFn = fn(Hub) -> BoxFuture<'static, Result<(), Fault>>;

/// An entry of the main menu.
#[derive(Clone, Copy)]
pub struct MenuEntry {
    /// Where it leads.
    pub href: &'static str,
    /// Key of its text.
    pub label: &'static str,
    /// Who sees it.
    pub shown_to: fn(&Actor) -> bool,
}

/// A change to the text of one block. The block's new text is already written when the hooks run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextChange {
    /// The study.
    pub study: Uuid,
    /// The source.
    pub source: Uuid,
    /// The block that changed.
    pub block: Uuid,
    /// When.
    pub at: Time,
    /// No word was taken out that must also leave what is fixed: what quotes the block may stand.
    pub may_stand: bool,
    /// What happened to it.
    pub kind: TextChangeKind,
}

/// What happened to a block's text; positions are code points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextChangeKind {
    /// `removed` code points at `at` were replaced by `inserted` others. Several of them stand in
    /// the order in which they apply, each in the text that the one before left.
    Spliced(Vec<(usize, usize, usize)>),
    /// The block ends at `at`; the rest, without `skipped` code points at its beginning, is now
    /// `new_block`, right after it.
    Split {
        /// Where it was cut.
        at: usize,
        /// White space left out at the cut.
        skipped: usize,
        /// The block with the rest.
        new_block: Uuid,
    },
    /// The block's text was put at position `at` of the block `into`, and the block is about to go.
    Joined {
        /// The block that took the text.
        into: Uuid,
        /// Where it begins there.
        at: usize,
    },
}

/// Something whose traces must go, in every area, in one act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forget {
    /// A source is taken out of its study.
    Source {
        /// The study.
        study: Uuid,
        /// The source.
        source: Uuid,
        /// When.
        at: Time,
    },
    /// An account is erased; what it made stays, made by nobody.
    Account(Id<Account>),
    /// Everything that was made in a study goes: marks, codes, notes, themes, findings, reports.
    /// The study itself and its sources are `voices`' own.
    StudyWork {
        /// The study.
        study: Uuid,
    },
}

/// A practice study got its text: each area lays beside it what one begins with.
#[derive(Clone)]
pub struct PracticeLaid {
    /// The hub, for ids and the moment.
    pub hub: Hub,
    /// In whose name.
    pub actor: Arc<Actor>,
    /// The study.
    pub study: Uuid,
    /// The language of whoever practises.
    pub lang: Lang,
}

/// A source that was brought in becomes visible with this act: each area takes what the file had
/// marked.
#[derive(Clone)]
pub struct SourceCame {
    /// The hub, for ids and the moment.
    pub hub: Hub,
    /// Who brought it in.
    pub actor: Arc<Actor>,
    /// The language for what gets a name.
    pub lang: Lang,
    /// The study.
    pub study: Uuid,
    /// The source.
    pub source: Uuid,
    /// What was marked, in the order of the text.
    pub marks: Vec<FileMark>,
}

/// Words that a file had marked: (block, code point) to (block, code point), end exclusive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileMark {
    /// Where they begin.
    pub from: (Uuid, usize),
    /// Where they end.
    pub to: (Uuid, usize),
    /// The blocks from the first to the last.
    pub blocks: Vec<Uuid>,
    /// How they were marked.
    pub kind: FileMarkKind,
}

/// How a file had marked words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileMarkKind {
    /// With a colour behind them: its word, such as `dark_blue`.
    Highlight {
        /// The word.
        colour: &'static str,
    },
    /// With a comment.
    Comment {
        /// Who wrote it, where the file says.
        author: Option<String>,
        /// What it says.
        text: String,
    },
}

/// What an area made of something that came in: key of a text with `$count`, and how many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Came {
    /// The key.
    pub what: &'static str,
    /// How many.
    pub n: i64,
    /// It could not be carried.
    pub loss: bool,
}

/// A person's words are taken back: the blocks that hold them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawal {
    /// The study.
    pub study: Uuid,
    /// The blocks whose words go.
    pub blocks: Vec<Uuid>,
    /// When.
    pub at: Time,
}

/// What a withdrawal would take, shown beforehand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WithdrawalCount {
    /// Key of the text that names these things.
    pub what: &'static str,
    /// How many of them.
    pub n: i64,
}

/// How far a study is, as far as an area knows: `None` where it does not.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Progress {
    /// Findings.
    pub findings: Option<i64>,
    /// Fixed versions of the process report.
    pub process_reports: Option<i64>,
    /// Times the process report was handed over.
    pub handed_over: Option<i64>,
    /// Fixed versions of the final report.
    pub final_reports: Option<i64>,
}

/// What must hold in the same moment across areas: each runs inside the caller's transaction, and
/// its fault undoes the whole act.
#[derive(Clone, Copy, Default)]
pub struct Hooks {
    /// Text was changed: move what points into it.
    pub text_changed: Option<HookFn<TextChange>>,
    /// What would a withdrawal take from this area?
    pub withdrawal_preview: Option<HookFn<Withdrawal, Vec<WithdrawalCount>>>,
    /// Take the words out.
    pub withdraw: Option<HookFn<Withdrawal>>,
    /// Forget something.
    pub forget: Option<HookFn<Forget>>,
    /// Lay out what a practice study begins with.
    pub practice_laid: Option<HookFn<PracticeLaid>>,
    /// Take what the file of a new source had marked.
    pub source_came: Option<HookFn<SourceCame, Vec<Came>>>,
}

/// One area's manifest.
pub struct Area {
    /// The area's name: its folder, its crate.
    pub name: &'static str,
    /// Its language files.
    pub texts: TextSet,
    /// Its routes.
    pub routes: Routes,
    /// Its entries of the main menu.
    pub menu: Vec<MenuEntry>,
    /// The kinds of jobs it works on.
    pub jobs: Vec<(&'static str, JobFn)>,
    /// What it does when something happens elsewhere.
    pub hooks: Hooks,
    /// What it knows of how far a study is.
    pub progress: Option<ProgressFn>,
    /// What it has fixed with words of a block in it.
    pub fixed_with: Option<FixedWithFn>,
    /// How it looks over its derived data.
    pub check: Option<CheckFn>,
    /// Knows who is asking; `people` has this, nobody else.
    pub identify: Option<IdentifyFn>,
    /// Run once after the store was opened and before the first request.
    pub at_start: Option<StartFn>,
    /// Tells what waits for somebody on their own page.
    pub errands: Option<ErrandsFn>,
    /// Its tables with sealed bodies.
    pub sealed: Vec<store::Sealed>,
    /// Its columns that name files among the objects.
    pub holders: Vec<store::Holder>,
}

impl Area {
    /// An area with texts and nothing else yet.
    #[must_use]
    pub fn new(name: &'static str, texts: TextSet) -> Self {
        Self {
            name,
            texts,
            routes: Routes::new(),
            menu: Vec::new(),
            jobs: Vec::new(),
            hooks: Hooks::default(),
            progress: None,
            fixed_with: None,
            check: None,
            identify: None,
            at_start: None,
            errands: None,
            sealed: Vec::new(),
            holders: Vec::new(),
        }
    }

    /// With its routes.
    #[must_use]
    pub fn routes(mut self, routes: Routes) -> Self {
        self.routes = routes;
        self
    }

    /// With an entry in the main menu.
    #[must_use]
    pub fn menu(mut self, entry: MenuEntry) -> Self {
        self.menu.push(entry);
        self
    }

    /// With what waits for somebody.
    #[must_use]
    pub fn errands(mut self, errands: ErrandsFn) -> Self {
        self.errands = Some(errands);
        self
    }

    /// With tables whose bodies are sealed, and columns that name files.
    #[must_use]
    pub fn sealed(mut self, tables: &[store::Sealed], holders: &[store::Holder]) -> Self {
        self.sealed.extend_from_slice(tables);
        self.holders.extend_from_slice(holders);
        self
    }

    /// With a kind of job.
    #[must_use]
    pub fn job(mut self, kind: &'static str, work: JobFn) -> Self {
        self.jobs.push((kind, work));
        self
    }

    /// With hooks.
    #[must_use]
    pub fn hooks(mut self, hooks: Hooks) -> Self {
        self.hooks = hooks;
        self
    }

    /// With what it knows of how far a study is.
    #[must_use]
    pub fn progress(mut self, progress: ProgressFn) -> Self {
        self.progress = Some(progress);
        self
    }

    /// Knows what it has fixed with words of a block in it.
    #[must_use]
    pub fn fixed_with(mut self, fixed_with: FixedWithFn) -> Self {
        self.fixed_with = Some(fixed_with);
        self
    }

    /// With a look over its derived data.
    #[must_use]
    pub fn check(mut self, check: CheckFn) -> Self {
        self.check = Some(check);
        self
    }
}

impl Hub {
    /// Tells every area that text was changed, inside the act that changed it.
    ///
    /// # Errors
    /// The first fault of an area; the act must then fail.
    pub async fn text_changed(&self, tx: &Tx, change: &TextChange) -> Result<(), Fault> {
        for hook in self.hooks().iter().filter_map(|hooks| hooks.text_changed) {
            hook(tx, change).await?;
        }
        Ok(())
    }

    /// Tells every area to forget something, inside the act that removes it.
    ///
    /// # Errors
    /// The first fault of an area; the act must then fail.
    pub async fn forget(&self, tx: &Tx, what: &Forget) -> Result<(), Fault> {
        for hook in self.hooks().iter().filter_map(|hooks| hooks.forget) {
            hook(tx, what).await?;
        }
        Ok(())
    }

    /// Lets every area lay out what a practice study begins with, inside the act that lays its text.
    ///
    /// # Errors
    /// The first fault of an area; the act must then fail.
    pub async fn practice_laid(&self, tx: &Tx, what: &PracticeLaid) -> Result<(), Fault> {
        for hook in self.hooks().iter().filter_map(|hooks| hooks.practice_laid) {
            hook(tx, what).await?;
        }
        Ok(())
    }

    /// Hands every area what the file of a new source had marked, inside the act that makes it
    /// visible; gives what they made of it.
    ///
    /// # Errors
    /// The first fault of an area; the act must then fail.
    pub async fn source_came(&self, tx: &Tx, what: &SourceCame) -> Result<Vec<Came>, Fault> {
        let mut came = Vec::new();
        for hook in self.hooks().iter().filter_map(|hooks| hooks.source_came) {
            came.extend(hook(tx, what).await?);
        }
        Ok(came)
    }

    /// Takes words out of every area, inside the act that takes them back.
    ///
    /// # Errors
    /// The first fault of an area; the act must then fail.
    pub async fn withdraw(&self, tx: &Tx, what: &Withdrawal) -> Result<(), Fault> {
        for hook in self.hooks().iter().filter_map(|hooks| hooks.withdraw) {
            hook(tx, what).await?;
        }
        Ok(())
    }

    /// What a withdrawal would take, from every area.
    ///
    /// # Errors
    /// The first fault of an area.
    pub async fn withdrawal_preview(
        &self,
        tx: &Tx,
        what: &Withdrawal,
    ) -> Result<Vec<WithdrawalCount>, Fault> {
        let mut counts = Vec::new();
        for hook in self
            .hooks()
            .iter()
            .filter_map(|hooks| hooks.withdrawal_preview)
        {
            counts.extend(hook(tx, what).await?);
        }
        Ok(counts)
    }

    /// In how many fixed versions that still stand words of a block are quoted. Whoever changes the
    /// block says whether those may stand; see [`TextChange::may_stand`].
    ///
    /// # Errors
    /// The first fault of an area.
    pub async fn fixed_with(&self, db: &Conn, block: Uuid) -> Result<i64, Fault> {
        let mut all = 0;
        for fixed_with in self.fixed_withs() {
            all += fixed_with(db, block).await?;
        }
        Ok(all)
    }

    /// How far a study is, from every area that knows something of it.
    ///
    /// # Errors
    /// The first fault of an area.
    pub async fn progress(&self, db: &Conn, study: Uuid) -> Result<Progress, Fault> {
        let mut all = Progress::default();
        for progress in self.progresses() {
            let known = progress(db, study).await?;
            all = Progress {
                findings: all.findings.or(known.findings),
                process_reports: all.process_reports.or(known.process_reports),
                handed_over: all.handed_over.or(known.handed_over),
                final_reports: all.final_reports.or(known.final_reports),
            };
        }
        Ok(all)
    }

    /// Looks over every area's derived data.
    ///
    /// # Errors
    /// [`Fault`] when it can't be read at all.
    pub async fn check_areas(&self) -> Result<Vec<String>, Fault> {
        let mut faults = Vec::new();
        for check in self.checks() {
            match check(self.store()).await {
                Ok(found) => faults.extend(found),
                // Which row it is has been told by the store's own check.
                Err(Fault::Sealed(place)) => faults.push(format!(
                    "{place} does not open, so that the rest of its area was not looked over"
                )),
                Err(fault) => return Err(fault),
            }
        }
        Ok(faults)
    }
}
