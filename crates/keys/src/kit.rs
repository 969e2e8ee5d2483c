//! The recovery kit: a secret on paper. It opens the organisation's key and signs one recovery, when every passphrase
//! is lost.

use data_encoding::BASE32_NOPAD;
use sekisho_fault::{Fault, Result};

use crate::codes;
use crate::derive::Secret;
use crate::identity::Identity;
use crate::ids::Hash;

/// Lines of the secret on paper.
pub const LINES: usize = 4;
const PER_LINE: usize = 8;

/// The secret of a kit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kit(Secret);

impl Kit {
    /// A kit of 32 random bytes.
    pub fn new(secret: Secret) -> Self {
        Self(secret)
    }

    /// The keys of the kit.
    pub fn identity(&self) -> Identity {
        Identity::new(self.0.clone())
    }

    /// The secret as four lines of four groups of four letters and digits. The last letters of each line check it, so
    /// that a slip of the pen is found in its line.
    pub fn lines(&self) -> Vec<String> {
        let line = |(number, part): (usize, &[u8])| {
            let text = BASE32_NOPAD.encode(&[part, &check(number, part)].concat());
            let groups: Vec<&str> = (0..text.len()).step_by(4).filter_map(|at| text.get(at..at + 4)).collect();
            groups.join(" ")
        };
        self.0.expose().chunks(PER_LINE).enumerate().map(line).collect()
    }

    /// Whether this is line `number` (from 0) of the kit, as typed: spaces, case and the looks of 0, 1 and 8 do not
    /// matter.
    pub fn has_line(&self, number: usize, typed: &str) -> bool {
        self.lines().get(number).is_some_and(|line| folded(line) == folded(typed))
    }

    /// Reads the lines.
    ///
    /// Code: `KIT_LINE`, with the line's number from 1.
    pub fn read<'a>(lines: impl IntoIterator<Item = &'a str>) -> Result<Self> {
        let wrong = |number: usize| Fault::new(codes::KIT_LINE).with("line", number + 1);
        let mut secret = [0; LINES * PER_LINE];
        let mut places = secret.chunks_mut(PER_LINE);
        let mut read = 0;
        for (number, line) in lines.into_iter().map(folded).filter(|line| !line.is_empty()).enumerate() {
            let bytes = BASE32_NOPAD.decode(line.as_bytes()).map_err(|_| wrong(number))?;
            let (part, checked) = bytes.split_at_checked(PER_LINE).ok_or_else(|| wrong(number))?;
            let place = places.next().ok_or_else(|| wrong(number))?;
            if checked != check(number, part) {
                return Err(wrong(number));
            }
            place.copy_from_slice(part);
            read += 1;
        }
        if read == LINES { Ok(Self(Secret::new(secret))) } else { Err(wrong(read)) }
    }
}

/// Two bytes that a typing error changes.
fn check(number: usize, part: &[u8]) -> [u8; 2] {
    // There are four lines.
    let number = u8::try_from(number).unwrap_or(u8::MAX);
    let hash = Hash::of(&[b"sekisho/kit/1\0".as_slice(), &[number], part].concat());
    [hash.0[0], hash.0[1]]
}

/// Upper case, nothing but letters and digits, and digits that base32 has not read as the letters they look like.
fn folded(text: &str) -> String {
    let letters = text.chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| c.to_ascii_uppercase());
    letters
        .map(|c| match c {
            '0' => 'O',
            '1' => 'I',
            '8' => 'B',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_slip_of_the_pen_is_found_in_its_line() {
        let kit = Kit::new(Secret::new([7; 32]));
        let mut lines = kit.lines();
        let third = if lines[2].starts_with('A') { "B" } else { "A" };
        lines[2].replace_range(0..1, third);
        let fault = Kit::read(lines.iter().map(String::as_str)).unwrap_err();
        assert_eq!(fault, Fault::new(codes::KIT_LINE).with("line", 3_usize));
    }

    #[test]
    fn swapped_lines_are_found() {
        let kit = Kit::new(Secret::new(std::array::from_fn(|at| u8::try_from(at).unwrap())));
        let mut lines = kit.lines();
        lines.swap(0, 1);
        assert_eq!(Kit::read(lines.iter().map(String::as_str)).unwrap_err().code, codes::KIT_LINE);
    }

    proptest! {
        #[test]
        fn a_kit_reads_as_it_is_printed(secret: [u8; 32]) {
            let kit = Kit::new(Secret::new(secret));
            let lines = kit.lines();
            prop_assert!(lines.iter().all(|line| line.len() == 19), "{lines:?}");
            let typed: Vec<String> = lines.iter().map(|line| line.to_lowercase().replace(' ', "-").replace('o', "0")).collect();
            prop_assert_eq!(&Kit::read(typed.iter().map(String::as_str)).unwrap(), &kit);
            prop_assert!(kit.has_line(1, &typed[1]) && !kit.has_line(0, &typed[1]));
        }

        #[test]
        fn any_text_gives_a_kit_or_a_fault(text in ".{0,100}") {
            let _ = Kit::read(text.lines());
        }
    }
}
