//! What a real browser asks for when it opens a page.

use std::path::PathBuf;
use std::process::Command;

use serde::{Deserialize, Serialize};

use super::Ground;
use crate::{node, process};

/// One request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Load {
    pub method: String,
    pub url: String,
    /// `Document`, `Stylesheet`, `Font`, `Fetch` …
    pub kind: String,
    pub status: u16,
    /// Heads and packed bodies, as they came over the wire.
    pub bytes: u64,
}

impl Load {
    /// Something that the browser keeps, and does not ask for at each opening; or a line that stays open for news.
    pub fn is_kept(&self) -> bool {
        const KEPT: [&str; 5] = ["Stylesheet", "Script", "Font", "Image", "EventSource"];
        KEPT.contains(&self.kind.as_str())
    }
}

/// Opens each address with nothing kept from before; signed in, when there is a link for that.
pub fn loads(
    ground: &Ground,
    sign_in: Option<&str>,
    addresses: &[String],
) -> Result<Vec<Vec<Load>>, String> {
    let out = ground.places.cache().join("measure");
    let script: Vec<PathBuf> = vec![ground.places.root.join("e2e/loads.ts")];
    node::bundle(&ground.places, &script, &out)?;
    let mut command = Command::new("node");
    command
        .arg(out.join("e2e").join("loads.mjs"))
        .arg(sign_in.unwrap_or("-"))
        .args(addresses)
        .current_dir(&ground.places.root);
    let said = process::read(&mut command)?;
    serde_json::from_str(&said).map_err(|error| format!("the browser said: {error}: {said}"))
}
