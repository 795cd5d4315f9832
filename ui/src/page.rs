//! The page shell: one frame around every page.

use base::Lang;
use maud::{DOCTYPE, Markup, html};

use crate::{Words, assets};

/// A step on the way to a page.
pub struct Crumb {
    /// Where it leads.
    pub href: String,
    /// Its name.
    pub label: String,
}

impl Crumb {
    /// A crumb.
    #[must_use]
    pub fn new(href: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            href: href.into(),
            label: label.into(),
        }
    }
}

/// What the shell shows of the one who looks.
#[derive(Clone, Default)]
pub struct Who {
    /// Name to show; `None` when nobody is signed in.
    pub name: Option<String>,
    /// The main menu: href, label.
    pub menu: Vec<(String, String)>,
}

/// A page on its way to HTML. Only `title` and `body` are always there; the rest has builders.
pub struct Page {
    words: Words,
    title: String,
    hub: String,
    body: Markup,
    who: Who,
    path: String,
    crumbs: Vec<Crumb>,
    islands: Vec<&'static str>,
    styles: Vec<String>,
    trial: bool,
    wide: bool,
    indexed: bool,
    saved: bool,
    refresh: Option<u32>,
    dev: bool,
}

impl Page {
    /// A page with a title and a body; the title is also its `h1` unless the body brings its own.
    #[must_use]
    pub fn new(words: &Words, title: impl Into<String>, body: Markup) -> Self {
        Self {
            words: words.clone(),
            title: title.into(),
            hub: String::new(),
            body,
            who: Who::default(),
            path: "/".into(),
            crumbs: Vec::new(),
            islands: Vec::new(),
            styles: Vec::new(),
            trial: false,
            wide: false,
            indexed: false,
            saved: false,
            refresh: None,
            dev: false,
        }
    }

    /// The hub's name, shown at the top.
    #[must_use]
    pub fn hub(mut self, name: impl Into<String>) -> Self {
        self.hub = name.into();
        self
    }

    /// Who looks.
    #[must_use]
    pub fn who(mut self, who: Who) -> Self {
        self.who = who;
        self
    }

    /// The path and query of this page, for the language links.
    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// The way here, without the page itself.
    #[must_use]
    pub fn crumbs(mut self, crumbs: Vec<Crumb>) -> Self {
        self.crumbs = crumbs;
        self
    }

    /// A script that enhances this page.
    #[must_use]
    pub fn island(mut self, name: &'static str) -> Self {
        self.islands.push(name);
        self
    }

    /// A style sheet of this page's own, by address (inline styles are forbidden).
    #[must_use]
    pub fn style(mut self, href: impl Into<String>) -> Self {
        self.styles.push(href.into());
        self
    }

    /// Shows the banner «Trial: do not enter real interviews».
    #[must_use]
    pub fn trial(mut self, trial: bool) -> Self {
        self.trial = trial;
        self
    }

    /// Says above the page that what was sent is saved.
    #[must_use]
    pub fn saved(mut self, saved: bool) -> Self {
        self.saved = saved;
        self
    }

    /// Uses the whole width of the window, for the coding workspace.
    #[must_use]
    pub fn wide(mut self) -> Self {
        self.wide = true;
        self
    }

    /// Loads itself again after so many seconds when there is no script.
    #[must_use]
    pub fn refresh(mut self, seconds: u32) -> Self {
        self.refresh = Some(seconds);
        self
    }

    /// Loads itself again when the program was rebuilt.
    #[must_use]
    pub fn dev(mut self, dev: bool) -> Self {
        self.dev = dev;
        self
    }

    /// The whole HTML.
    #[must_use]
    pub fn render(&self) -> String {
        let words = &self.words;
        html! {
            (DOCTYPE)
            html lang=(words.lang().tag()) data-color-scheme="auto" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    @if !self.indexed { meta name="robots" content="noindex, nofollow"; }
                    meta name="referrer" content="same-origin";
                    title { (self.title) @if !self.hub.is_empty() { " – " (self.hub) } }
                    link rel="stylesheet" href=(assets::path("app.css"));
                    @if self.who.name.is_some() { link rel="stylesheet" href=(assets::path("inter.css")); }
                    @for href in &self.styles { link rel="stylesheet" href=(href); }
                    link rel="icon" href="/icon.svg" type="image/svg+xml";
                    @if let Some(seconds) = self.refresh {
                        noscript { meta http-equiv="refresh" content=(seconds); }
                    }
                    @for name in &self.islands {
                        script type="module" src=(assets::path(&format!("{name}.js"))) {}
                    }
                    @if self.dev { script type="module" src=(assets::path("reload.js")) {} }
                }
                body {
                    a class="ds-skip-link" href="#main" { (words.t("ui-skip")) }
                    (self.header())
                    @if self.trial {
                        p class="trial" role="note" { strong { (words.t("ui-trial")) } " " (words.t("ui-trial-why")) }
                    }
                    (self.trail())
                    main id="main" class=(if self.wide { "main wide" } else { "main" }) tabindex="-1" {
                        @if self.saved {
                            div class="ds-alert said" data-color="success" data-size="sm" role="status" { p { (words.t("ui-saved")) } }
                        }
                        (self.body)
                    }
                    (self.footer())
                }
            }
        }
        .into_string()
    }

    fn header(&self) -> Markup {
        let words = &self.words;
        html! {
            header class="shell" {
                a class="brand" href="/" {
                    span class="brand-knot" aria-hidden="true" {}
                    span { (if self.hub.is_empty() { words.t("ui-product") } else { self.hub.clone() }) }
                }
                @if !self.who.menu.is_empty() {
                    nav aria-label=(words.t("ui-menu")) {
                        ul {
                            @for (href, label) in &self.who.menu {
                                li {
                                    a href=(href) aria-current=[self.is_in(href)] { (label) }
                                }
                            }
                        }
                    }
                }
                div class="shell-end" {
                    @if let Some(name) = &self.who.name {
                        a class="me" href="/me" { (name) }
                        form method="post" action="/sign-out" {
                            button class="ds-button" data-variant="tertiary" data-size="sm" type="submit" { (words.t("ui-sign-out")) }
                        }
                    } @else {
                        a class="ds-button" data-variant="tertiary" data-size="sm" href="/sign-in" { (words.t("ui-sign-in")) }
                    }
                    a class="ds-button quick-exit" data-variant="secondary" data-color="danger" data-size="sm" href="/exit" rel="noreferrer" {
                        (words.t("ui-quick-exit"))
                    }
                }
            }
        }
    }

    /// `page` on the page of a menu entry itself, `true` on all below it, also where the address
    /// does not show it: the way there begins at the entry.
    fn is_in(&self, href: &str) -> Option<&'static str> {
        let path = self.path.split('?').next().unwrap_or_default();
        let way = self.crumbs.first().map_or("", |crumb| crumb.href.as_str());
        let below = |address: &str| {
            address
                .strip_prefix(href)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        match path == href {
            true => Some("page"),
            false => (below(path) || below(way)).then_some("true"),
        }
    }

    fn trail(&self) -> Markup {
        crumbs(&self.words.t("ui-you-are-here"), &self.crumbs)
    }

    fn footer(&self) -> Markup {
        let here = self.words.lang();
        html! {
            footer class="shell-foot" {
                nav aria-label=(self.words.t("ui-language")) {
                    ul {
                        @for lang in Lang::ALL {
                            li {
                                a class="ds-link" href=(in_language(&self.path, lang)) lang=(lang.tag()) hreflang=(lang.tag())
                                    aria-current=[(lang == here).then_some("true")] { (lang.own_name()) }
                            }
                        }
                    }
                }
                p { (self.words.t("ui-product")) " · " (self.words.t("ui-product-line")) }
            }
        }
    }
}

/// The way to a page; nothing when there is none. `name` is read out, so that it can be found.
#[must_use]
pub fn crumbs(name: &str, crumbs: &[Crumb]) -> Markup {
    html! {
        @if !crumbs.is_empty() {
            nav class="ds-breadcrumbs crumbs" aria-label=(name) {
                ol { @for crumb in crumbs { li { a class="ds-link" href=(crumb.href) { (crumb.label) } } } }
            }
        }
    }
}

/// The same page in another language.
fn in_language(path: &str, lang: Lang) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let mut parts: Vec<String> = query
        .split('&')
        .filter(|part| !part.is_empty() && !part.starts_with("lang="))
        .map(str::to_owned)
        .collect();
    parts.push(format!("lang={}", lang.tag()));
    format!("{path}?{}", parts.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Texts, texts};

    #[test]
    fn language_links_keep_the_rest_of_the_query() {
        assert_eq!(
            in_language("/a?page=2&lang=nb", Lang::Nn),
            "/a?page=2&lang=nn"
        );
        assert_eq!(in_language("/a", Lang::En), "/a?lang=en");
    }

    #[test]
    fn the_menu_shows_where_a_page_belongs() {
        let words = Texts::new(&[texts()]).unwrap().words(Lang::Nb);
        let page = |path: &str| Page::new(&words, "T", html! {}).path(path);
        let below = page("/sources/1").crumbs(vec![Crumb::new("/studies", "Studies")]);
        assert_eq!(below.is_in("/studies"), Some("true"));
        assert_eq!(below.is_in("/people"), None);
        assert_eq!(page("/studies?page=2").is_in("/studies"), Some("page"));
        assert_eq!(page("/studies/a").is_in("/studies"), Some("true"));
        assert_eq!(page("/studies-old").is_in("/studies"), None);
    }

    #[test]
    fn what_people_typed_is_shown_and_never_run() {
        let words = Texts::new(&[texts()]).unwrap().words(Lang::Nb);
        let page = Page::new(&words, "<script>alert(1)</script>", html! { p { "a & b" } });
        let html = page.render();
        assert!(
            html.contains("<title>&lt;script&gt;alert(1)&lt;/script&gt;</title>"),
            "{html}"
        );
        assert!(html.contains("<p>a &amp; b</p>"));
        assert!(html.contains("<html lang=\"nb\""));
    }
}
