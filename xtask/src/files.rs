//! Files and folders, with errors that name the path.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// What a folder holds, sorted by name; nothing when it is not there.
pub fn list(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(Vec::new());
        }
        Err(e) => return Err(told(folder)(e)),
    };
    let mut found = entries
        .map(|entry| entry.map(|e| e.path()).map_err(told(folder)))
        .collect::<Result<Vec<_>, _>>()?;
    found.sort();
    Ok(found)
}

/// Every file below a folder that is wanted, sorted. What is made, fetched or private is never looked into.
pub fn tree(folder: &Path, wanted: &dyn Fn(&Path) -> bool) -> Result<Vec<PathBuf>, String> {
    const LEFT_OUT: [&str; 4] = ["target", "node_modules", "dist", "data"];
    let mut found = Vec::new();
    for path in list(folder)? {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if path.is_dir() {
            if !name.starts_with('.') && !LEFT_OUT.contains(&name.as_str()) {
                found.extend(tree(&path, wanted)?);
            }
        } else if wanted(&path) {
            found.push(path);
        }
    }
    Ok(found)
}

pub fn ends_with(file: &Path, ending: &str) -> bool {
    file.extension().is_some_and(|found| found == ending)
}

/// The path as seen from a folder above it.
pub fn below(folder: &Path, path: &Path) -> PathBuf {
    path.strip_prefix(folder).unwrap_or(path).to_path_buf()
}

pub fn write(file: &Path, text: &str) -> Result<(), String> {
    make_room(file)?;
    fs::write(file, text).map_err(told(file))
}

pub fn copy(from: &Path, to: &Path) -> Result<(), String> {
    make_room(to)?;
    fs::copy(from, to).map(drop).map_err(told(from))
}

/// Removes a folder with all it holds; one that is not there is fine.
pub fn remove(folder: &Path) -> Result<(), String> {
    match fs::remove_dir_all(folder) {
        Err(e) if e.kind() != ErrorKind::NotFound => Err(told(folder)(e)),
        _ => Ok(()),
    }
}

/// Makes `to` hold exactly the files of `from`. Files that are equal already keep their time, so that cargo does not
/// build again what has not changed.
pub fn mirror(from: &Path, to: &Path) -> Result<(), String> {
    let all = |_: &Path| true;
    let wanted = tree(from, &all)?;
    for file in &wanted {
        let place = to.join(below(from, file));
        let content = fs::read(file).map_err(told(file))?;
        if fs::read(&place).ok().as_ref() != Some(&content) {
            copy(file, &place)?;
        }
    }
    for file in tree(to, &all)? {
        if !from.join(below(to, &file)).exists() {
            fs::remove_file(&file).map_err(told(&file))?;
        }
    }
    Ok(())
}

fn make_room(file: &Path) -> Result<(), String> {
    let folder = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(told(folder))
}

pub fn told(path: &Path) -> impl Fn(std::io::Error) -> String {
    move |e| format!("{}: {e}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mirror_adds_changes_removes_and_leaves_equal_files_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        for (file, text) in [
            ("from/same", "1"),
            ("from/sub/new", "2"),
            ("from/moved", "3"),
            ("to/same", "1"),
            ("to/moved", "0"),
            ("to/old", "4"),
        ] {
            write(&folder.path().join(file), text).unwrap();
        }
        let before = fs::metadata(to.join("same")).unwrap().modified().unwrap();
        mirror(&from, &to).unwrap();
        let found: Vec<(PathBuf, String)> = tree(&to, &|_| true)
            .unwrap()
            .into_iter()
            .map(|file| (below(&to, &file), fs::read_to_string(&file).unwrap()))
            .collect();
        let wanted = [("moved", "3"), ("same", "1"), ("sub/new", "2")];
        assert_eq!(found, wanted.map(|(a, b)| (PathBuf::from(a), b.to_owned())));
        assert_eq!(
            fs::metadata(to.join("same")).unwrap().modified().unwrap(),
            before
        );
    }
}
