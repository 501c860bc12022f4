//! The tests that `docs/transports.md` names exist, and few of its cells are empty.

use std::path::Path;

const TABLE: &str = include_str!("../../docs/transports.md");

#[test]
fn every_cell_names_a_test_that_exists() {
    let (mut rows, mut empty) = (0, 0);
    for line in TABLE.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| **")).skip(1) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [behaviour, hyper, ureq] = cells[..] else { panic!("three cells: {line}") };
        rows += 1;
        for (own, cell) in [("transport-hyper", hyper), ("transport-ureq", ureq)] {
            if cell.is_empty() {
                empty += 1;
                continue;
            }
            let name = cell.trim_matches('`');
            let (place, function) = name.split_once("::").unwrap_or_else(|| panic!("{behaviour}: {cell}"));
            let (package, file) = place.split_once('/').unwrap_or((own, place));
            let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(package);
            let found = ["tests", "src"].iter().any(|folder| {
                let text = std::fs::read_to_string(root.join(folder).join(format!("{file}.rs")));
                text.is_ok_and(|text| {
                    let at = text.find(&format!("fn {function}()")).unwrap_or(0);
                    text[..at].trim_end().rsplit('\n').take(2).any(|line| line.contains("test"))
                })
            });
            assert!(found, "{behaviour}: there is no test {name} of {package}");
        }
    }
    assert!(rows > 50 && empty <= 17, "{rows} rows, {empty} empty cells");
}
