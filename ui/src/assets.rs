//! Style, scripts and fonts, compiled in from `ui/assets/dist` (made by `cargo xtask assets`).

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "assets/dist"]
#[allow_missing = true]
struct Dist;

/// A file as it is sent.
pub struct Asset {
    /// Its bytes.
    pub bytes: Cow<'static, [u8]>,
    /// Its media type.
    pub media: String,
}

/// Says in one sentence what to do when the program was built without page assets.
///
/// # Errors
/// That sentence.
pub fn ready() -> Result<(), &'static str> {
    if Dist::get("manifest.json").is_some() {
        Ok(())
    } else {
        Err(
            "This program was built without its page assets: run `cargo xtask build` (or `cargo xtask assets`, then build again).",
        )
    }
}

fn manifest() -> &'static HashMap<String, String> {
    static MANIFEST: OnceLock<HashMap<String, String>> = OnceLock::new();
    MANIFEST.get_or_init(|| {
        Dist::get("manifest.json")
            .and_then(|file| serde_json::from_slice(&file.data).ok())
            .unwrap_or_default()
    })
}

/// The path of a file by its plain name: `app.css` → `/assets/app.3f2a….css`. The name changes
/// with the content, so browsers may keep it for ever.
#[must_use]
pub fn path(name: &str) -> String {
    format!(
        "/assets/{}",
        manifest().get(name).map_or(name, String::as_str)
    )
}

/// The file behind a path under `/assets/`.
#[must_use]
pub fn get(name: &str) -> Option<Asset> {
    let file = Dist::get(name)?;
    Some(Asset {
        media: file.metadata.mimetype().to_owned(),
        bytes: file.data,
    })
}

/// The fonts of the PDF: every TTF under `fonts/`, in the order of their names.
#[must_use]
pub fn report_fonts() -> Vec<Vec<u8>> {
    let mut names: Vec<_> = Dist::iter()
        .filter(|name| name.starts_with("fonts/") && name.ends_with(".ttf"))
        .collect();
    names.sort();
    names
        .iter()
        .filter_map(|name| Some(Dist::get(name)?.data.into_owned()))
        .collect()
}
