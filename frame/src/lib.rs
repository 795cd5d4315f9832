//! What an area is, and what every request goes through.
//!
//! An area hands in one [`Area`]: texts, routes, menu, jobs, hooks, checks. `app` collects them
//! into a [`Hub`]; nothing else lists areas. A request passes, in this order: host check, origin
//! check, who is asking ([`Area::identify`]), the route's [`Door`], the handler, and on the way
//! out the error page and the security headers.
//!
//! To add a route: a line in the area's `routes()` with its [`Door`], a handler that takes an
//! [`Ask`], and in it one `Visitor::read` or `enter` before anything of a study is shown or changed.
//! What changes something that the path names has [`Door::Inside`] (`voices::work_door`,
//! `people::study_door`), which is asked before the body is read; a hub does not start without.
//! A form ends with [`saved`] where something was kept, so that the next page says so.

mod area;
mod ask;
mod errand;
mod failure;
mod hub;
pub mod jobs;
mod lately;
mod night;
mod pipeline;
mod routes;
pub mod sealing;
mod shelf;

pub use area::{
    Area, Came, CheckFn, FileMark, FileMarkKind, FixedWithFn, Forget, HookFn, Hooks, JobFn,
    MenuEntry, PracticeLaid, Progress, ProgressFn, SourceCame, TextChange, TextChangeKind,
    Withdrawal, WithdrawalCount,
};
pub use ask::{Ask, FormData, show};
pub use errand::{Bundle, Due, Errand, ErrandsFn};
pub use failure::{Failure, Reply, redirect, saved};
pub use hub::{Config, Hub, Live, PublicUrl};
pub use lately::{Lately, Opening};
pub use pipeline::{cookie, public_router, router};
pub use routes::{Door, Gate, PathParts, RouteInfo, Routes};
pub use shelf::{Shelf, Spot};

/// The texts of the frame: error pages.
#[must_use]
pub fn texts() -> ui::TextSet {
    ui::TextSet {
        room: "frame",
        nb: include_str!("../texts/nb.ftl"),
        nn: include_str!("../texts/nn.ftl"),
        en: include_str!("../texts/en.ftl"),
    }
}
