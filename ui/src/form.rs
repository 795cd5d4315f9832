//! Forms: fields that keep what was typed and tell, at the field, what to mend.

use std::collections::HashMap;

use maud::{Markup, html};

use crate::Words;

/// What was typed, and what is wrong with it. A bad form is no error: it is shown again from this.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    values: HashMap<String, String>,
    wrong: Vec<(String, String)>,
}

impl Form {
    /// A form filled with values.
    pub fn filled<K: Into<String>, V: Into<String>>(
        values: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let values = values
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        Self {
            values,
            wrong: Vec::new(),
        }
    }

    /// What was typed, trimmed at both ends; empty when nothing was.
    #[must_use]
    pub fn value(&self, name: &str) -> &str {
        self.values.get(name).map_or("", |value| value.trim())
    }

    /// What was typed, to the letter (for passphrases and long texts).
    #[must_use]
    pub fn raw(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
    }

    /// Was this box ticked, this button pressed?
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// Puts a value into a field.
    pub fn set(&mut self, name: &str, value: &str) {
        self.values.insert(name.to_owned(), value.to_owned());
    }

    /// Notes that a field must be mended; `key` is a text.
    pub fn wrong(&mut self, name: &str, key: &str) {
        self.wrong.push((name.to_owned(), key.to_owned()));
    }

    /// A field that must hold something, at most `max` characters. Gives what was typed, and
    /// notes what is wrong with it.
    pub fn required(&mut self, name: &str, max: usize) -> String {
        let value = self.optional(name, max);
        if value.is_empty() {
            self.wrong(name, "ui-field-missing");
        }
        value
    }

    /// A field that may be empty, at most `max` characters.
    pub fn optional(&mut self, name: &str, max: usize) -> String {
        let value = self.value(name).replace("\r\n", "\n").replace('\0', "");
        if value.chars().count() > max {
            self.wrong(name, "ui-field-too-long");
        }
        value
    }

    /// Nothing to mend.
    #[must_use]
    pub fn is_fine(&self) -> bool {
        self.wrong.is_empty()
    }

    /// The text that says what to mend in a field.
    #[must_use]
    pub fn what_is_wrong(&self, name: &str) -> Option<&str> {
        self.wrong
            .iter()
            .find(|(field, _)| field == name)
            .map(|(_, key)| key.as_str())
    }

    /// The list of what to mend, at the top of a form that is shown again; each names its field
    /// and leads to it. `labels` are names of fields with the keys of their labels.
    #[must_use]
    pub fn summary(&self, words: &Words, labels: &[(&str, &str)]) -> Markup {
        let label = |name: &str| labels.iter().find(|(field, _)| *field == name);
        html! {
            @if !self.wrong.is_empty() {
                div class="ds-error-summary" role="alert" tabindex="-1" id="error-summary" {
                    h2 class="ds-heading" data-size="xs" { (words.t("ui-form-wrong")) }
                    ul {
                        @for (name, key) in &self.wrong {
                            li {
                                a class="ds-link" href={ "#" (name) } {
                                    @if let Some((_, label)) = label(name) { (words.t(label)) ": " }
                                    (words.t(key))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// How a text field is filled in.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// Name in the form, and id on the page.
    pub name: &'a str,
    /// Key of its label.
    pub label: &'a str,
    /// Key of a sentence that helps, shown under the label.
    pub help: Option<&'a str>,
    /// HTML type: `text`, `email`, `password`, `date` …
    pub kind: &'a str,
    /// The browser's hint for filling in, e.g. `email`.
    pub autocomplete: Option<&'a str>,
    /// Rows, when it is a field for longer text.
    pub rows: Option<u32>,
}

impl<'a> Input<'a> {
    /// A field of one line.
    #[must_use]
    pub fn text(name: &'a str, label: &'a str) -> Self {
        Self {
            name,
            label,
            help: None,
            kind: "text",
            autocomplete: None,
            rows: None,
        }
    }

    /// A field for longer text.
    #[must_use]
    pub fn area(name: &'a str, label: &'a str, rows: u32) -> Self {
        Self {
            rows: Some(rows),
            ..Self::text(name, label)
        }
    }

    /// With a sentence that helps.
    #[must_use]
    pub fn help(mut self, key: &'a str) -> Self {
        self.help = Some(key);
        self
    }

    /// With another HTML type and the browser's hint.
    #[must_use]
    pub fn kind(mut self, kind: &'a str, autocomplete: &'a str) -> Self {
        self.kind = kind;
        self.autocomplete = Some(autocomplete);
        self
    }

    /// The field as it stands in the form.
    #[must_use]
    pub fn show(self, words: &Words, form: &Form) -> Markup {
        let wrong = form.what_is_wrong(self.name);
        let described = described_by(self.name, self.help.is_some(), wrong.is_some());
        // A passphrase is never sent back to the page.
        let value = if self.kind == "password" {
            ""
        } else {
            form.raw(self.name)
        };
        html! {
            div class="ds-field" {
                label class="ds-label" for=(self.name) { (words.t(self.label)) }
                @if let Some(help) = self.help {
                    div data-field="description" id={ (self.name) "-help" } { (words.t(help)) }
                }
                @if let Some(rows) = self.rows {
                    textarea class="ds-input" id=(self.name) name=(self.name) rows=(rows)
                        aria-describedby=[described.as_deref()] aria-invalid=[wrong.map(|_| "true")] { "\n" (value) }
                } @else {
                    input class="ds-input" id=(self.name) name=(self.name) type=(self.kind) value=(value)
                        autocomplete=[self.autocomplete] aria-describedby=[described.as_deref()]
                        aria-invalid=[wrong.map(|_| "true")];
                }
                (message(words, self.name, wrong))
            }
        }
    }
}

/// A choice among few: radio buttons. `options` are value and key of the label.
#[must_use]
pub fn radios(
    words: &Words,
    form: &Form,
    name: &str,
    legend: &str,
    options: &[(&str, &str)],
) -> Markup {
    let wrong = form.what_is_wrong(name);
    let described = described_by(name, false, wrong.is_some());
    html! {
        fieldset class="ds-fieldset" id=(name) tabindex="-1" aria-describedby=[described.as_deref()] {
            legend class="ds-label" { (words.t(legend)) }
            @for (at, (value, label)) in options.iter().enumerate() {
                div class="ds-field" {
                    input class="ds-input" type="radio" name=(name) id={ (name) "-" (at) } value=(value)
                        checked[form.value(name) == *value] aria-invalid=[wrong.map(|_| "true")];
                    label class="ds-label" data-weight="regular" for={ (name) "-" (at) } { (words.t(label)) }
                }
            }
            (message(words, name, wrong))
        }
    }
}

/// A choice among many: value and label as they are shown.
#[must_use]
pub fn select(
    words: &Words,
    form: &Form,
    name: &str,
    label: &str,
    options: &[(String, String)],
) -> Markup {
    let wrong = form.what_is_wrong(name);
    let described = described_by(name, false, wrong.is_some());
    html! {
        div class="ds-field" {
            label class="ds-label" for=(name) { (words.t(label)) }
            select class="ds-input" id=(name) name=(name) aria-describedby=[described.as_deref()]
                aria-invalid=[wrong.map(|_| "true")] {
                @for (value, text) in options {
                    option value=(value) selected[form.value(name) == value] { (text) }
                }
            }
            (message(words, name, wrong))
        }
    }
}

/// A box to tick.
#[must_use]
pub fn checkbox(words: &Words, form: &Form, name: &str, label: &str) -> Markup {
    let wrong = form.what_is_wrong(name);
    let described = described_by(name, false, wrong.is_some());
    html! {
        div class="ds-field" {
            input class="ds-input" type="checkbox" id=(name) name=(name) value="on" checked[form.has(name)]
                aria-describedby=[described.as_deref()] aria-invalid=[wrong.map(|_| "true")];
            label class="ds-label" data-weight="regular" for=(name) { (words.t(label)) }
            (message(words, name, wrong))
        }
    }
}

/// The button that sends a form.
#[must_use]
pub fn submit(words: &Words, key: &str) -> Markup {
    html! { button class="ds-button" type="submit" { (words.t(key)) } }
}

/// A button that does something at once, as a form of its own. `data` are hidden fields.
#[must_use]
pub fn act(words: &Words, action: &str, key: &str, data: &[(&str, &str)]) -> Markup {
    html! {
        form method="post" action=(action) class="inline" {
            @for (name, value) in data { input type="hidden" name=(name) value=(value); }
            button class="ds-button" data-variant="secondary" data-size="sm" type="submit" { (words.t(key)) }
        }
    }
}

fn described_by(name: &str, help: bool, wrong: bool) -> Option<String> {
    let mut ids = Vec::new();
    if help {
        ids.push(format!("{name}-help"));
    }
    if wrong {
        ids.push(format!("{name}-wrong"));
    }
    (!ids.is_empty()).then(|| ids.join(" "))
}

fn message(words: &Words, name: &str, wrong: Option<&str>) -> Markup {
    html! {
        @if let Some(key) = wrong {
            p class="ds-validation-message" id={ (name) "-wrong" } { (words.t(key)) }
        }
    }
}

#[cfg(test)]
mod tests {
    use base::Lang;

    use super::*;
    use crate::{Texts, texts};

    #[test]
    fn a_field_keeps_what_was_typed_and_says_what_to_mend() {
        let mut form = Form::filled([("title", "  "), ("about", "a\r\nb")]);
        assert_eq!(form.required("title", 10), "");
        assert_eq!(form.optional("about", 10), "a\nb");
        assert_eq!(form.what_is_wrong("title"), Some("ui-field-missing"));
        assert_eq!(form.what_is_wrong("about"), None);
        assert!(!form.is_fine());
        let mut long = Form::filled([("title", "ååå")]);
        assert_eq!(long.required("title", 2), "ååå");
        assert_eq!(long.what_is_wrong("title"), Some("ui-field-too-long"));
    }

    #[test]
    fn a_refused_form_names_each_field_and_leads_to_it() {
        let words = Texts::new(&[texts()]).unwrap().words(Lang::En);
        let mut form = Form::filled([("about", "x")]);
        form.required("title", 10);
        form.wrong("tick", "ui-field-choose");
        let missing = words.t("ui-field-missing");
        let choose = words.t("ui-field-choose");
        let summary = form
            .summary(&words, &[("title", "ui-sign-in")])
            .into_string();
        assert!(
            summary.contains(&format!(
                "href=\"#title\">{}: {missing}</a>",
                words.t("ui-sign-in")
            )),
            "{summary}"
        );
        assert!(summary.contains(&format!("href=\"#tick\">{choose}</a>")));
        let tick = checkbox(&words, &form, "tick", "ui-menu").into_string();
        assert!(
            tick.contains("id=\"tick\"")
                && tick.contains("aria-invalid=\"true\"")
                && tick.contains("aria-describedby=\"tick-wrong\"")
                && tick.contains(&format!("id=\"tick-wrong\">{choose}</p>")),
            "{tick}"
        );
        let fine = checkbox(&words, &Form::default(), "tick", "ui-menu").into_string();
        assert!(
            !fine.contains("wrong") && !fine.contains("invalid"),
            "{fine}"
        );
    }
}
