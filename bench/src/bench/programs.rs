//! `binary_mib`: what is installed.

use super::figure::{Aim, Figure};

const PROGRAMS: &[(&str, &str)] = &[
    ("binary_mib", "sekishod"),
    ("binary_console_mib", "sekisho-console"),
    ("binary_hub_mib", "sekisho-hub"),
    ("binary_cli_mib", "sekisho"),
];

/// The sizes of the programs beside this one; that of the service is the one that counts.
pub fn measure() -> Vec<Figure> {
    let own = std::env::current_exe().expect("a program has a path");
    let size = |(figure, program): &(&'static str, &str)| {
        let Ok(file) = own.with_file_name(program).metadata() else {
            return Figure::absent(*figure, Aim::None, &format!("{program} is not built"));
        };
        #[expect(clippy::cast_precision_loss, reason = "programs are far below 2^52 bytes")]
        let mib = file.len() as f64 / f64::from(1 << 20);
        Figure::median(*figure, Aim::None, &[mib])
    };
    PROGRAMS.iter().map(size).collect()
}
