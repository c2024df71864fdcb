//! The fuzz corpora, replayed through the functions that the fuzz targets call.

use std::collections::BTreeSet;
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use qrmint_checks::fuzz::TARGETS;

/// A folder below `fuzz`.
fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(name)
}

/// The paths of everything in a folder, in order. Panics if the folder is missing.
fn paths(folder: &Path) -> BTreeSet<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries.map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn every_fuzz_target_has_a_corpus_and_a_shared_check() {
    let names = |folder: PathBuf| -> Vec<String> {
        paths(&folder).iter().map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
    };
    let targets = TARGETS.map(|(name, _)| name);
    assert_eq!(names(folder("fuzz_targets")), targets);
    assert_eq!(names(folder("corpus")), targets);
}

#[test]
fn every_file_of_every_corpus_passes_the_check_of_its_target() {
    for (name, target) in TARGETS {
        let files = paths(&folder("corpus").join(name));
        assert!(!files.is_empty(), "the corpus of {name} is empty");
        for file in files {
            let input = fs::read(&file).unwrap();
            assert!(catch_unwind(|| target(&input)).is_ok(), "{} fails", file.display());
        }
    }
}
