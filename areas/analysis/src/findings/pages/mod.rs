//! Pages of themes and findings.

mod evidence;
mod findings;
mod themes;

use base::Id;
use frame::{Ask, Door, Failure, Routes};
use people::{Act, Layer, StudyPart, Visitor};
use serde::Deserialize;
use ui::page::Crumb;
use ui::parts::{Tone, alert};
use ui::{Markup, Words, html};
use voices::{Basis, Side, Source, Study};

use super::{Evidence, Hint, StudyId, Theme, hints, store};
use crate::coding::quotes::Quote;
use crate::pages::{again, crumbs, place_href, style_href};

/// Quotes on a page.
const PAGE: i64 = 20;

/// The routes of themes and findings.
pub fn routes() -> Routes {
    Routes::new()
        .get("/studies/{slug}/themes", Door::Staff, themes::list)
        .post("/studies/{slug}/themes", voices::work_door(), themes::add)
        .post(
            "/studies/{slug}/themes/from-code",
            voices::work_door(),
            themes::from_code,
        )
        .get("/studies/{slug}/themes/{id}", Door::Staff, themes::show)
        .get(
            "/studies/{slug}/themes/{id}/edit",
            Door::Staff,
            themes::edit,
        )
        .post(
            "/studies/{slug}/themes/{id}/edit",
            voices::work_door(),
            themes::change,
        )
        .post(
            "/studies/{slug}/themes/{id}/move",
            voices::work_door(),
            themes::step,
        )
        .post(
            "/studies/{slug}/themes/{id}/delete",
            voices::work_door(),
            themes::delete,
        )
        .get("/studies/{slug}/findings", Door::Staff, findings::list)
        .post(
            "/studies/{slug}/findings",
            voices::work_door(),
            findings::add,
        )
        .get("/studies/{slug}/findings/new", Door::Staff, findings::new)
        .get("/studies/{slug}/findings/{id}", Door::Staff, findings::edit)
        .post(
            "/studies/{slug}/findings/{id}",
            voices::work_door(),
            findings::change,
        )
        .post(
            "/studies/{slug}/findings/{id}/delete",
            voices::work_door(),
            findings::delete,
        )
        .post(
            "/studies/{slug}/findings/{id}/evidence",
            voices::work_door(),
            evidence::set,
        )
        .post(
            "/studies/{slug}/findings/{id}/evidence/remove",
            voices::work_door(),
            evidence::remove,
        )
}

/// What stands in the query of these pages.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Asked {
    page: Option<i64>,
    theme: Option<String>,
    code: Option<String>,
}

/// An id from an address; what is no id is not there.
fn id_of<T>(text: &str) -> Result<Id<T>, Failure> {
    text.parse().map_err(|_| Failure::NotFound)
}

fn may_change(visitor: &Visitor, study: StudyId) -> bool {
    visitor.may(Act::Change, &StudyPart(study.uuid(), Layer::Raw))
}

/// A page of a study: title, way here and body. `place` is the page of the study that it is or is
/// below: `themes` or `findings`.
fn page(
    ask: &Ask,
    study: &Study,
    (place, title): (&str, &str),
    way: &[(&str, &str)],
    body: Markup,
) -> ui::Page {
    let body = html! { (voices::study_nav(ask, study, place)) (body) };
    let base = format!("/studies/{}", study.slug);
    let steps = way
        .iter()
        .map(|(path, key)| Crumb::new(format!("{base}/{path}"), ask.t(key)))
        .collect();
    ask.page(title, body)
        .crumbs(crumbs(ask, study, steps))
        .style(style_href(study))
}

/// What a page shows of a quote.
struct Shown<'a> {
    number: Option<i64>,
    text: &'a str,
    speaker: Option<&'a str>,
    side: Option<Side>,
    source: Id<Source>,
    source_name: &'a str,
    basis: Basis,
    place: i64,
}

impl<'a> From<&'a Quote> for Shown<'a> {
    fn from(one: &'a Quote) -> Self {
        Self {
            number: one.passage.quote_number,
            text: &one.text,
            speaker: one.speaker.as_deref(),
            side: one.side,
            source: one.passage.source,
            source_name: &one.source_name,
            basis: one.basis,
            place: one.place,
        }
    }
}

impl<'a> From<&'a Evidence> for Shown<'a> {
    fn from(one: &'a Evidence) -> Self {
        Self {
            number: Some(one.quote_number),
            text: &one.text,
            speaker: one.speaker_label.as_deref(),
            side: one.side,
            source: one.source,
            source_name: &one.source_name,
            basis: one.basis,
            place: one.place,
        }
    }
}

/// A quote with number, speaker, source and the way back to where it was said.
fn quote<'a>(words: &Words, slug: &str, one: impl Into<Shown<'a>>, below: &Markup) -> Markup {
    let one = one.into();
    html! {
        figure class="quote" {
            blockquote { @if one.text.is_empty() { em { (words.t("analysis-quote-missing")) } } @else { (one.text) } }
            figcaption {
                @if let Some(number) = one.number {
                    strong { (words.tv("analysis-quote-number", &[("n", number.into())])) } " · "
                }
                @if let Some(label) = one.speaker { span { (label) } ", " }
                @if let Some(side) = one.side.filter(|side| *side != Side::Unknown) { span { (words.t(side.text_key())) } ", " }
                a class="ds-link" href=(place_href(slug, one.source, one.place)) { (one.source_name) }
                @if !one.basis.may_be_quoted() {
                    " " span class="ds-tag" data-color="danger" { (words.t("analysis-no-basis")) }
                }
            }
            (below)
        }
    }
}

/// What to look at again in a sentence.
fn hint_list(words: &Words, sentence: &str) -> Markup {
    let found: Vec<Hint> = hints(sentence);
    html! {
        @if !found.is_empty() {
            (alert(Tone::Warning, html! {
                @for hint in &found { p { (words.t(hint.text_key())) } }
            }))
        }
    }
}

/// The theme of a study, or not found.
async fn theme_of(ask: &Ask, study: StudyId, id: Id<Theme>) -> Result<Theme, Failure> {
    let all = store::themes(&ask.hub.store().read(), study).await?;
    all.into_iter()
        .find(|theme| theme.id == id)
        .ok_or(Failure::NotFound)
}
