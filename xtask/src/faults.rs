//! `docs/FAULTS.md` names tests: each of them has to be there.

use crate::shell::Outcome;

/// Checks the table.
pub fn check() -> Outcome {
    let table = std::fs::read_to_string("docs/FAULTS.md").map_err(|error| format!("docs/FAULTS.md: {error}"))?;
    let missing: Vec<String> = table.lines().filter(|line| line.starts_with("| ")).flat_map(missing).collect();
    if missing.is_empty() { Ok(()) } else { Err(missing.join("\n")) }
}

/// What is named in the last column of a row and not there: a file in backticks, and a test behind it.
fn missing(row: &str) -> Vec<String> {
    let tests = row.trim_end_matches([' ', '|']).rsplit('|').next().unwrap_or_default();
    let mut parts = tests.split('`');
    parts.next();
    let mut missing = Vec::new();
    while let (Some(file), Some(name)) = (parts.next(), parts.next()) {
        if file.starts_with("cargo ") {
            continue;
        }
        let name = name.trim().trim_end_matches(", and").trim_end_matches(',').trim();
        match std::fs::read_to_string(file) {
            Ok(text) if text.contains(name) => {}
            Ok(_) => missing.push(format!("docs/FAULTS.md: {file} has no test “{name}”")),
            Err(error) => missing.push(format!("docs/FAULTS.md: {file}: {error}")),
        }
    }
    missing
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_that_is_not_there_is_named() {
        let row = "| 1 | fault | so | `src/faults.rs` a_test_that_is_not_there_is_named, `src/none.rs` x, and `cargo xtask x` |";
        let told = missing(row);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains("src/none.rs"), "{told:?}");
    }
}
