//! `binary_mib`: what is installed.

use sekisho_tests::process::built;

use super::figure::{Aim, Figure};

const PROGRAMS: &[(&str, &str)] = &[
    ("binary_mib", "sekishod"),
    ("binary_console_mib", "sekisho-console"),
    ("binary_hub_mib", "sekisho-hub"),
    ("binary_cli_mib", "sekisho"),
];

/// The sizes of the programs; that of the service is the one that counts.
pub fn measure() -> Vec<Figure> {
    let size = |(figure, program): &(&'static str, &str)| {
        let bytes = built(program).metadata().expect("it was found").len();
        #[expect(clippy::cast_precision_loss, reason = "programs are far below 2^52 bytes")]
        let mib = bytes as f64 / f64::from(1 << 20);
        Figure::median(figure, Aim::None, &[mib])
    };
    PROGRAMS.iter().map(size).collect()
}
