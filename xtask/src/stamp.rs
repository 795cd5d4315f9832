//! Stamps: a digest of what something was made from, kept beside it, so that nothing is made twice.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// A digest of the files' names and contents, in the order given, and of what else the result hangs on.
/// A file that is not there counts as such.
pub fn digest(files: impl IntoIterator<Item = PathBuf>, beside: &str) -> Result<String, String> {
    let mut sum = Sha256::new();
    sum.update(beside.as_bytes());
    for file in files {
        let content = match fs::read(&file) {
            Ok(content) => Some(content),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => None,
            Err(e) => return Err(format!("{}: {e}", file.display())),
        };
        let length = content.as_ref().map_or(u64::MAX, |c| c.len() as u64);
        sum.update(file.as_os_str().as_encoded_bytes());
        sum.update([0]);
        sum.update(length.to_le_bytes());
        sum.update(content.unwrap_or_default());
    }
    Ok(sum.finalize().iter().map(|b| format!("{b:02x}")).collect())
}

pub fn says(stamp: &Path, wanted: &str) -> bool {
    fs::read_to_string(stamp).is_ok_and(|found| found == wanted)
}

pub fn write(stamp: &Path, digest: &str) -> Result<(), String> {
    let folder = stamp.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(stamp, digest))
        .map_err(|e| format!("{}: {e}", stamp.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_moves_with_name_content_and_absence() {
        let folder = tempfile::tempdir().unwrap();
        let (a, b) = (folder.path().join("a"), folder.path().join("b"));
        let of = |files: &[&PathBuf]| digest(files.iter().map(|f| (*f).clone()), "").unwrap();
        let missing = of(&[&a]);
        fs::write(&a, "").unwrap();
        let empty = of(&[&a]);
        fs::write(&a, "x").unwrap();
        let filled = of(&[&a]);
        fs::write(&b, "x").unwrap();
        let all = [missing, empty, filled.clone(), of(&[&b]), of(&[&a, &b])];
        let different: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(different.len(), all.len());
        assert_eq!(of(&[&a]), filled);
    }
}
