//! What every page is made of: texts in three languages, the page shell, components, assets.
//!
//! No database and no HTTP here: functions that give markup. A component is a plain function that
//! returns [`maud::Markup`]; it is complete HTML that works without script, and an island may
//! enhance it.
//!
//! To add a component: a function in the file of its kind, texts in `ui/texts/*.ftl` if it has
//! words of its own, and an example in `gallery.rs`.

pub mod assets;
pub mod dates;
pub mod form;
pub mod gallery;
pub mod page;
pub mod parts;
mod texts;

pub use maud::{DOCTYPE, Markup, PreEscaped, html};
pub use page::{Crumb, Page, Who};
pub use texts::{Arg, TextSet, Texts, Words};

/// The texts of the shell and the components.
#[must_use]
pub fn texts() -> TextSet {
    TextSet {
        room: "ui",
        nb: include_str!("../texts/nb.ftl"),
        nn: include_str!("../texts/nn.ftl"),
        en: include_str!("../texts/en.ftl"),
    }
}
