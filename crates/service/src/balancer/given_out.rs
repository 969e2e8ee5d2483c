//! The record that the certificate was written into a file with its key.

use data_encoding::BASE64URL_NOPAD;
use sekisho_admin_api::activity::{Entry, Kind};
use sekisho_admin_api::balancer::CertificateGivenOut;
use sekisho_fault::{Fault, Result};
use sekisho_keys::given_out::GivenOut;

use crate::clock;
use crate::journal::Line;
use crate::lifecycle::House;

impl House {
    /// Writes down who has written the certificate into a file, by their own signature.
    ///
    /// Codes: `NOT_ENROLLED`, and those of the word.
    pub(crate) fn note_given_out(&self, wish: &CertificateGivenOut) -> Result<()> {
        let member = self.connected.member()?;
        let wrong = |_| Fault::new(sekisho_keys::codes::FORMAT);
        let bytes = BASE64URL_NOPAD.decode(wish.note.as_bytes()).map_err(wrong)?;
        let organisation = member.organisation();
        let (said, author) = GivenOut::verify(&bytes, &organisation, member.place, clock::now())?;
        let certificate = said.certificate.to_string();
        // The log and whoever reads it know no names.
        self.board.say(Line::given_out(&certificate));
        self.activity.add(Entry {
            number: 0,
            time: clock::now(),
            kind: Kind::CertificateGivenOut,
            who: Some(author.login.clone()),
            host: None,
            reference: None,
            refusal: None,
            facts: vec![("@certificate".to_owned(), certificate)],
        });
        Ok(())
    }
}
