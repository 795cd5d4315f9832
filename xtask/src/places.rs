//! Where things lie: the workspace, the target folder, and the folder for what the commands keep between runs.

use std::path::PathBuf;

use serde::Deserialize;

use crate::process;

/// The folders that the commands work in.
#[derive(Debug, Clone)]
pub struct Places {
    /// The repository's root, where `Cargo.toml` and `package.json` are.
    pub root: PathBuf,
    /// Cargo's target folder, wherever the environment or a configuration has put it.
    pub target: PathBuf,
}

#[derive(Deserialize)]
struct Metadata {
    workspace_root: PathBuf,
    target_directory: PathBuf,
}

impl Places {
    /// Asks cargo, since it alone knows which settings are in force.
    pub fn find() -> Result<Self, String> {
        let answer = process::cargo()
            .args(["metadata", "--no-deps", "--format-version", "1"])
            .output()
            .map_err(|e| format!("cargo metadata could not be started: {e}"))?;
        if !answer.status.success() {
            return Err(format!(
                "cargo metadata failed:\n{}",
                String::from_utf8_lossy(&answer.stderr)
            ));
        }
        let found: Metadata = serde_json::from_slice(&answer.stdout)
            .map_err(|e| format!("cargo metadata gave an answer that cannot be read: {e}"))?;
        Ok(Self {
            root: found.workspace_root,
            target: found.target_directory,
        })
    }

    /// What comes from npm.
    pub fn modules(&self) -> PathBuf {
        self.root.join("node_modules")
    }

    /// Stamps and half-made files. It lies in `node_modules`, so that bundled tests find their packages and a fresh
    /// install starts from nothing.
    pub fn cache(&self) -> PathBuf {
        self.modules().join(".cache").join("knutepunkt")
    }
}
