//! Writing a part.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use frame::{Ask, Failure, FormData, Reply};
use ui::form::{self, Form, Input};
use ui::parts::{self as look, Tone};
use ui::{Markup, dates, html};
use voices::Study;

use super::{base, opened, overview, page_of, part_name};
use crate::acts::{self, NotSaved, Target};
use crate::checks::Place;
use crate::compose::FindingText;
use crate::html as draw;
use crate::material::{Gathered, gather};
use crate::paper::{Kind, ReferenceKind};
use crate::report::{MOST_TEXT, PartKey, Stamp};
use crate::store::PartText;

/// A part that is written at now.
struct Desk<'a> {
    ask: &'a Ask,
    study: &'a Study,
    gathered: &'a Gathered,
    part: PartKey,
}

pub(super) async fn show(
    kind: Kind,
    ask: Ask,
    Path((slug, word)): Path<(String, String)>,
) -> Reply {
    let (_, study) = opened(&ask, &slug).await?;
    let gathered = gather(&ask.hub.store().read(), &ask.hub, &study, kind).await?;
    let desk = Desk::at((&ask, &study), &gathered, &word)?;
    let stored = desk.stored();
    let text = stored.map_or("", |stored| stored.text.as_str());
    let revision = stored.map_or(0, |stored| stored.revision).to_string();
    let form = Form::filled([("text", text), ("revision", revision.as_str())]);
    desk.show(&form, None).await
}

pub(super) async fn save(
    kind: Kind,
    ask: Ask,
    Path((slug, word)): Path<(String, String)>,
    data: FormData,
) -> Reply {
    let (visitor, study) = opened(&ask, &slug).await?;
    let gathered = gather(&ask.hub.store().read(), &ask.hub, &study, kind).await?;
    let desk = Desk::at((&ask, &study), &gathered, &word)?;
    let mut form = data.form();
    let text = form.optional("text", MOST_TEXT);
    if !form.is_fine() {
        let shown = desk.show(&form, None).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response());
    }
    let expected = form.value("revision").parse().unwrap_or(0);
    let target = Target {
        kind,
        part: desk.part,
        expected,
    };
    let (to, its) = (base(&study, kind), study.clone());
    let saved = ask
        .hub
        .store()
        .write(move |tx| {
            Box::pin(async move { acts::set_part(tx, &visitor, &its, target, &text).await })
        })
        .await;
    match saved {
        Ok(_) => Ok(frame::saved(&to)),
        Err(NotSaved::Failure(failure)) => Err(failure),
        Err(NotSaved::Stale(theirs)) => {
            let revision = theirs.revision.to_string();
            let form = Form::filled([("text", form.raw("text")), ("revision", revision.as_str())]);
            let shown = desk.show(&form, Some(&theirs)).await?;
            Ok((StatusCode::CONFLICT, shown).into_response())
        }
    }
}

impl<'a> Desk<'a> {
    /// The part at an address; a theme's only when the study has that theme.
    fn at(
        (ask, study): (&'a Ask, &'a Study),
        gathered: &'a Gathered,
        word: &str,
    ) -> Result<Self, Failure> {
        let part: PartKey = word.parse().map_err(|()| Failure::NotFound)?;
        let has = |id| gathered.material.themes.iter().any(|theme| theme.id == id);
        if !part.theme().is_none_or(has) || !part.is_in(gathered.material.kind) {
            return Err(Failure::NotFound);
        }
        Ok(Self {
            ask,
            study,
            gathered,
            part,
        })
    }

    fn kind(&self) -> Kind {
        self.gathered.material.kind
    }

    fn stored(&self) -> Option<&PartText> {
        self.gathered
            .parts
            .iter()
            .find(|text| text.part == self.part)
    }

    async fn show(&self, form: &Form, theirs: Option<&PartText>) -> Reply {
        let ask = self.ask;
        let name = part_name(&ask.words, &self.gathered.material, self.part);
        let last = theirs.or(self.stored());
        let ids: Vec<_> = last.and_then(|text| text.changed_by).into_iter().collect();
        let names = people::members::names(&ask.hub.store().read(), &ids).await?;
        let body = html! {
            p { (ask.t(self.part.help_key(self.kind()))) }
            @if let Some(theirs) = theirs { (self.stale(theirs)) }
            (form.summary(&ask.words, &[("text", "reports-part-text")]))
            div class="report-desk" {
                div class="report-write" {
                    (self.form(form, theirs.is_some()))
                    @if let Some(last) = last {
                        p class="quiet" { (ask.t("reports-last-changed")) ": " (overview::changed(ask, last, &names, dates::moment(last.changed_at, ask.lang()))) }
                    }
                    (self.writing_help())
                    (self.fills(last))
                }
                aside class="report-choose" tabindex="0" aria-label=(ask.t("reports-findings-here")) { (self.choose()) }
            }
        };
        Ok(page_of(ask, (self.study, self.kind()), &name, &body, true))
    }

    fn form(&self, form: &Form, is_stale: bool) -> Markup {
        let words = &self.ask.words;
        let label = if is_stale {
            "reports-yours"
        } else {
            "reports-part-text"
        };
        html! {
            form method="post" action={ (base(self.study, self.kind())) "/parts/" (self.part) } class="stack" {
                input type="hidden" name="revision" value=(form.value("revision"));
                (Input::area("text", label, 20).show(words, form))
                (form::submit(words, "reports-save"))
            }
        }
    }

    fn stale(&self, theirs: &PartText) -> Markup {
        let ask = self.ask;
        look::alert(
            Tone::Warning,
            html! {
                h2 class="ds-heading" data-size="xs" { (ask.t("reports-stale")) }
                p { (ask.t("reports-stale-what")) }
                h3 class="ds-heading" data-size="2xs" { (ask.t("reports-theirs")) }
                div class="report-theirs" tabindex="0" role="region" aria-label=(ask.t("reports-theirs")) { (theirs.text) }
            },
        )
    }

    fn writing_help(&self) -> Markup {
        let ask = self.ask;
        look::fold(
            &ask.t("reports-writing-help"),
            false,
            html! {
                p { (ask.t("reports-writing-help-text")) }
                p { (ask.t("reports-writing-help-references")) }
            },
        )
    }

    /// What stands in the report when nothing is written here.
    fn fills(&self, last: Option<&PartText>) -> Markup {
        if last.is_some_and(|text| !text.text.trim().is_empty()) {
            return html! {};
        }
        let (composed, _) = self.gathered.compose(Stamp::Draft, &self.ask.hub);
        let at = composed
            .places
            .iter()
            .position(|place| *place == Place::Part(self.part));
        let Some(part) = at.and_then(|at| composed.paper.parts.get(at).cloned()) else {
            return html! {};
        };
        html! {
            section {
                (look::h2(&self.ask.t("reports-part-fills")))
                (draw::fragment(&composed.paper, &part.blocks))
            }
        }
    }

    fn choose(&self) -> Markup {
        let ask = self.ask;
        let findings = &self.gathered.material.findings;
        let (here, others): (Vec<&FindingText>, Vec<&FindingText>) = findings
            .iter()
            .partition(|finding| finding.theme.is_some() && finding.theme == self.part.theme());
        html! {
            (look::h2(&ask.t("reports-findings-here")))
            @if findings.is_empty() { p { (ask.t("reports-no-findings")) } }
            (list(&here))
            @if !others.is_empty() && !here.is_empty() {
                (look::fold(&ask.t("reports-other-themes"), false, list(&others)))
            } @else { (list(&others)) }
        }
    }
}

/// Findings with their quotes, each with the reference to copy.
fn list(findings: &[&FindingText]) -> Markup {
    html! {
        @if !findings.is_empty() {
            ul class="ds-list" {
                @for finding in findings {
                    li {
                        code { (ReferenceKind::Finding.typed(finding.number)) } " " (finding.sentence)
                        @if !finding.evidence.is_empty() {
                            ul {
                                @for quote in &finding.evidence {
                                    li { code { (ReferenceKind::Quote.typed(quote.number)) } " " span class="report-said" { (quote.words) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
