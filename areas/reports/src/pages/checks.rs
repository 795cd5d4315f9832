//! Looking a report over, and fixing it.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use frame::{Ask, Failure, FormData, Reply};
use people::Act;
use ui::form::{self, Form, Input};
use ui::parts::{self as look, Tone};
use ui::{Markup, html};
use voices::Study;

use super::{base, href, opened, page_of, part_name, theme_title};
use crate::acts;
use crate::checks::{Decided, Issue, Place, Severity, check, open};
use crate::material::{Gathered, gather};
use crate::paper::Kind;
use crate::publish;
use crate::report::Stamp;
use crate::store as rows;

/// Longest reason, in characters.
const REASON: usize = 1_000;

/// What the page shows.
struct Desk<'a> {
    ask: &'a Ask,
    study: &'a Study,
    gathered: &'a Gathered,
    issues: Vec<Issue>,
    decided: Decided,
}

pub(super) async fn show(kind: Kind, ask: Ask, Path(slug): Path<String>) -> Reply {
    let (_, study) = opened(&ask, &slug).await?;
    page(&ask, (&study, kind), &Form::default(), None).await
}

/// The page; `refused` is the key of why the report was not fixed just now.
async fn page(
    ask: &Ask,
    (study, kind): (&Study, Kind),
    form: &Form,
    refused: Option<&str>,
) -> Reply {
    let db = ask.hub.store().read();
    let gathered = gather(&db, &ask.hub, study, kind).await?;
    let (composed, facts) = gathered.compose(Stamp::fixed(kind), &ask.hub);
    let issues = check(&composed, &facts);
    let decided = rows::decided(&db, gathered.report.id).await?;
    let number = rows::next_number(&db, gathered.report.id).await?;
    let waiting = match people::visitor(ask)?.may(Act::HandOver, &gathered.report) {
        true => publish::store::waiting_links(&db, gathered.report.id, ask.now()).await?,
        false => 0,
    };
    let desk = Desk {
        ask,
        study,
        gathered: &gathered,
        issues,
        decided,
    };
    let body = html! {
        @if let Some(key) = refused { (look::alert(Tone::Warning, html! { p { (ask.t(key)) } })) }
        (desk.body(form, number, waiting))
    };
    let title = ask.t("reports-checks-title");
    Ok(page_of(ask, (study, kind), &title, &body, true))
}

impl Desk<'_> {
    fn kind(&self) -> Kind {
        self.gathered.material.kind
    }

    fn body(&self, form: &Form, number: i64, waiting: i64) -> Markup {
        let ask = self.ask;
        let stops = |issue: &&Issue| issue.rule.severity() == Severity::Stops;
        let is_decided = |issue: &&Issue| self.decided.contains_key(&issue.mark());
        let stopping: Vec<&Issue> = self.issues.iter().filter(stops).collect();
        let looking: Vec<&Issue> = self
            .issues
            .iter()
            .filter(|issue| !stops(issue) && !is_decided(issue))
            .collect();
        let looked: Vec<&Issue> = self
            .issues
            .iter()
            .filter(|issue| !stops(issue) && is_decided(issue))
            .collect();
        html! {
            p { (ask.t("reports-checks-what")) }
            @if self.issues.is_empty() { (look::alert(Tone::Success, html! { (ask.t("reports-checks-none")) })) }
            @for (key, issues) in [("reports-stops", &stopping), ("reports-look", &looking), ("reports-looked-at", &looked)] {
                @if !issues.is_empty() {
                    section class="report-section" {
                        (look::h2(&format!("{} ({})", ask.t(key), issues.len())))
                        @for issue in issues { (self.issue(issue, form)) }
                    }
                }
            }
            (self.fix(number, waiting))
        }
    }

    fn issue(&self, issue: &Issue, form: &Form) -> Markup {
        let ask = self.ask;
        let mark = issue.mark();
        let color = match issue.rule.severity() {
            Severity::Stops => "danger",
            Severity::Look if self.decided.contains_key(&mark) => "success",
            Severity::Look => "warning",
        };
        html! {
            div class="report-issue" id={ "issue-" (mark) } {
                h3 class="ds-heading" data-size="2xs" { (look::tag(color, &ask.t(issue.rule.text_key()))) }
                p {
                    (self.place(issue.place))
                    @if !issue.excerpt.is_empty() { ": «" (issue.excerpt) "»" }
                    @if let Some(href) = href((self.study, self.kind()), &self.gathered.inside, issue.place) {
                        " " a class="ds-link" href=(href) { (ask.t("reports-go-there")) }
                    }
                }
                p { (ask.t(issue.rule.advice_key())) }
                @if issue.rule.severity() == Severity::Look { (self.decision(&mark, form)) }
            }
        }
    }

    fn decision(&self, mark: &str, form: &Form) -> Markup {
        let (ask, words) = (self.ask, &self.ask.words);
        let action = format!("{}/checks", base(self.study, self.kind()));
        let (reason, tick) = (format!("reason-{mark}"), format!("tick-{mark}"));
        let is_sent = form.value("mark") == mark;
        match self.decided.get(mark) {
            Some(reason) => html! {
                p { (words.tv("reports-reason-given", &[("reason", reason.into())])) }
                (form::act(words, &action, "reports-withdraw-acknowledgement", &[("mark", mark), ("again", "on")]))
            },
            None => html! {
                (look::fold(&ask.t("reports-consider"), is_sent, html! {
                    @if is_sent { (form.summary(words, &[(&reason, "reports-reason"), (&tick, "reports-acknowledge-tick")])) }
                    form method="post" action={ (action) "#issue-" (mark) } class="stack" {
                        input type="hidden" name="mark" value=(mark);
                        (Input::text(&reason, "reports-reason").show(words, form))
                        (form::checkbox(words, form, &tick, "reports-acknowledge-tick"))
                        (form::submit(words, "reports-acknowledge"))
                    }
                }))
            },
        }
    }

    fn place(&self, place: Place) -> String {
        let words = &self.ask.words;
        let material = &self.gathered.material;
        match place {
            Place::Part(part) => {
                let part = part_name(words, material, part);
                words.tv("reports-where-part", &[("part", part.into())])
            }
            Place::Theme(id) => words.tv(
                "reports-where-theme",
                &[("theme", theme_title(material, id).into())],
            ),
            Place::Finding(number) => {
                words.tv("reports-where-finding", &[("number", number.into())])
            }
            Place::Quote(number) => words.tv("reports-where-quote", &[("number", number.into())]),
            Place::Cover => words.t("reports-where-cover"),
        }
    }

    /// `waiting`: links that show the version as soon as it is fixed.
    fn fix(&self, number: i64, waiting: i64) -> Markup {
        let ask = self.ask;
        let label = ask.words.tv("reports-fix", &[("number", number.into())]);
        html! {
            section class="report-section" {
                (look::h2(&label))
                @if self.study.practice {
                    (look::alert(Tone::Info, html! { (ask.t("voices-practice-stays")) }))
                } @else if open(&self.issues, &self.decided).is_empty() {
                    p { (ask.t("reports-fix-what")) }
                    @if waiting > 0 { p { (ask.words.tv("reports-fix-shows", &[("n", waiting.into())])) } }
                    form method="post" action={ (base(self.study, self.kind())) "/fix" } {
                        button class="ds-button" type="submit" { (label) }
                    }
                } @else {
                    (look::alert(Tone::Info, html! { (ask.t("reports-fix-not-yet")) }))
                }
            }
        }
    }
}

pub(super) async fn decide(
    kind: Kind,
    ask: Ask,
    Path(slug): Path<String>,
    data: FormData,
) -> Reply {
    let (visitor, study) = opened(&ask, &slug).await?;
    let mut form = data.form();
    let mark = form.value("mark").to_owned();
    if mark.len() != 32 || !mark.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(Failure::NotFound);
    }
    let reason = if form.has("again") {
        None
    } else {
        let (field, tick) = (format!("reason-{mark}"), format!("tick-{mark}"));
        let reason = form.required(&field, REASON);
        if !form.has(&tick) {
            form.wrong(&tick, "reports-no-mark");
        }
        Some(reason)
    };
    if !form.is_fine() {
        let shown = page(&ask, (&study, kind), &form, None).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response());
    }
    let to = format!("{}/checks#issue-{mark}", base(&study, kind));
    ask.hub
        .store()
        .write(move |tx| {
            Box::pin(async move {
                acts::decide(tx, &visitor, &study, kind, (&mark, reason.as_deref())).await
            })
        })
        .await?;
    Ok(frame::saved(&to))
}

pub(super) async fn fix(kind: Kind, ask: Ask, Path(slug): Path<String>) -> Reply {
    let (visitor, study) = opened(&ask, &slug).await?;
    match acts::fix(&visitor, &study, kind).await {
        Ok(_) => Ok(frame::saved(&base(&study, kind))),
        // The page says what remains, if anything does.
        Err(Failure::Refused {
            status,
            code: "RE0002" | "RE0003",
            text,
        }) => {
            let shown = page(&ask, (&study, kind), &Form::default(), Some(text)).await?;
            Ok((status, shown).into_response())
        }
        Err(failure) => Err(failure),
    }
}
