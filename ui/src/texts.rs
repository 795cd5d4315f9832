//! Texts from the language files, by key.

use std::collections::HashMap;
use std::sync::Arc;

use base::Lang;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// The language files of one room.
#[derive(Clone, Copy)]
pub struct TextSet {
    /// The room's name, for error messages.
    pub room: &'static str,
    /// Bokmål, in Fluent's format; so the others.
    pub nb: &'static str,
    /// Nynorsk.
    pub nn: &'static str,
    /// English.
    pub en: &'static str,
}

impl TextSet {
    /// The file of one language.
    #[must_use]
    pub fn of(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::Nb => self.nb,
            Lang::Nn => self.nn,
            Lang::En => self.en,
        }
    }
}

type Bundle = FluentBundle<FluentResource>;

/// All texts of the program, read once at start.
#[derive(Clone)]
pub struct Texts(Arc<HashMap<Lang, Arc<Bundle>>>);

impl Texts {
    /// Reads the language files.
    ///
    /// # Errors
    /// A sentence that names room and language when a file is not well formed, or when two rooms
    /// use the same key.
    pub fn new(sets: &[TextSet]) -> Result<Self, String> {
        let mut bundles = HashMap::new();
        for lang in Lang::ALL {
            let id: LanguageIdentifier = lang
                .tag()
                .parse()
                .map_err(|_| format!("{} is no language", lang.tag()))?;
            let mut bundle = FluentBundle::new_concurrent(vec![id]);
            // The marks Fluent puts around arguments disturb copying and searching in pages.
            bundle.set_use_isolating(false);
            for set in sets {
                let resource = FluentResource::try_new(set.of(lang).to_owned())
                    .map_err(|(_, errors)| format!("{} {}: {errors:?}", set.room, lang.tag()))?;
                bundle
                    .add_resource(resource)
                    .map_err(|errors| format!("{} {}: {errors:?}", set.room, lang.tag()))?;
            }
            bundles.insert(lang, Arc::new(bundle));
        }
        Ok(Self(Arc::new(bundles)))
    }

    /// The texts of one language.
    #[must_use]
    pub fn words(&self, lang: Lang) -> Words {
        let bundle = self.0.get(&lang).cloned();
        Words { lang, bundle }
    }
}

/// The texts of the language a page is written in.
#[derive(Clone)]
pub struct Words {
    lang: Lang,
    bundle: Option<Arc<Bundle>>,
}

impl Words {
    /// The language.
    #[must_use]
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// A text without arguments.
    #[must_use]
    pub fn t(&self, key: &str) -> String {
        self.tv(key, &[])
    }

    /// A text with arguments: `words.tv("ui-page-of", &[("page", 1_i64.into()), ("pages", 3_i64.into())])`.
    ///
    /// A key that is not there gives the key itself; a test sees to it that this never shows.
    #[must_use]
    pub fn tv(&self, key: &str, args: &[(&str, Arg)]) -> String {
        let Some(bundle) = &self.bundle else {
            return key.to_owned();
        };
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        let mut values = FluentArgs::new();
        for (name, value) in args {
            values.set(*name, value.0.clone());
        }
        let mut errors = Vec::new();
        bundle
            .format_pattern(pattern, Some(&values), &mut errors)
            .into_owned()
    }

    /// Is there such a text? For keys made from a closed set of words.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.bundle
            .as_ref()
            .is_some_and(|bundle| bundle.has_message(key))
    }
}

/// An argument of a text.
#[derive(Clone)]
pub struct Arg(FluentValue<'static>);

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Self(FluentValue::from(text.to_owned()))
    }
}
impl From<String> for Arg {
    fn from(text: String) -> Self {
        Self(FluentValue::from(text))
    }
}
impl From<&String> for Arg {
    fn from(text: &String) -> Self {
        Self(FluentValue::from(text.clone()))
    }
}
impl From<i64> for Arg {
    fn from(number: i64) -> Self {
        Self(FluentValue::from(number))
    }
}
impl From<usize> for Arg {
    fn from(number: usize) -> Self {
        Self(FluentValue::from(number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SET: TextSet = TextSet {
        room: "test",
        nb: "hello = Hei, { $name }\nmarks = { $n ->\n    [one] ett merke\n   *[other] { $n } merker\n }\n",
        nn: "hello = Hei, { $name }\nmarks = { $n } merke\n",
        en: "hello = Hello, { $name }\nmarks = { $n } marks\n",
    };

    #[test]
    fn texts_follow_language_number_and_arguments() {
        let texts = Texts::new(&[SET]).unwrap();
        let nb = texts.words(Lang::Nb);
        assert_eq!(nb.tv("hello", &[("name", "Åse".into())]), "Hei, Åse");
        assert_eq!(nb.tv("marks", &[("n", 1_i64.into())]), "ett merke");
        assert_eq!(nb.tv("marks", &[("n", 3_i64.into())]), "3 merker");
        assert_eq!(
            texts.words(Lang::En).tv("hello", &[("name", "Åse".into())]),
            "Hello, Åse"
        );
        assert_eq!(nb.t("not-there"), "not-there");
    }

    #[test]
    fn two_rooms_with_the_same_key_are_refused() {
        assert!(Texts::new(&[SET, SET]).is_err());
    }
}
