//! After a key epoch has begun: what administrators have sealed under the ones before is sealed anew. User records are the
//! servers' to seal: they sign them.

use sekisho_fault::Result;
use sekisho_hub_api::wire::{NewFact, Resealed, Row};
use sekisho_hub_api::{Blob, codes as hub_codes};
use sekisho_keys::fact::{self, Fact, Word};
use sekisho_keys::identity::Identity;
use sekisho_keys::ids::{Hash, UserId};
use sekisho_keys::keyring::{Keyring, Place};
use sekisho_keys::log::Organisation;
use sekisho_keys::object;
use sekisho_keys::user::Record;
use zeroize::Zeroizing;

use crate::session::{Session, now, random};

/// Whether somebody else was there first: what they did is looked at the next time.
fn unless_stale(outcome: Result<()>) -> Result<()> {
    match outcome {
        Err(fault) if fault.code == hub_codes::STALE => Ok(()),
        outcome => outcome,
    }
}

/// How many user records are sealed under an epoch that has ended.
fn records_left(rows: &[Row], epoch: u32) -> u64 {
    let before = |row: &&Row| {
        let record = Record::read(row.body.as_slice());
        row.kind == "user" && record.is_ok_and(|record| record.header().context.epoch < epoch)
    };
    rows.iter().filter(before).count() as u64
}

impl Session {
    /// Seals anew what is the administrators' to seal, and says how many user records the servers have still to seal. What
    /// was done before is left as it is.
    ///
    /// Codes: `NO_CONNECTION`, and the hub's.
    pub(crate) async fn reseal(&self, connection: &str) -> Result<u64> {
        let (place, found) = self.connection(connection)?;
        let keyring = self.keyring(place, found)?;
        let (rows, _) = self.rows(place.connection).await?;
        for row in &rows {
            match row.kind.as_str() {
                "object" => self.reseal_object(place, &keyring, row).await?,
                "fact" => self.reseal_fact(place, &keyring, row).await?,
                _ => {}
            }
        }
        Ok(records_left(&rows, keyring.epoch))
    }

    /// How many user records the servers have still to seal anew.
    ///
    /// Codes: `NO_CONNECTION`, and the hub's.
    pub(crate) async fn left_to_reseal(&self, connection: &str) -> Result<u64> {
        let (place, found) = self.connection(connection)?;
        Ok(records_left(&self.rows(place.connection).await?.0, found.epoch()))
    }

    async fn reseal_object(&self, place: Place, keyring: &Keyring, row: &Row) -> Result<()> {
        // What does not open is no key: whoever reads it refuses it, and it is not given a seal that holds.
        let plain = row.id.parse::<Hash>().and_then(|name| {
            let epoch = object::epoch(row.body.as_slice())?;
            let plain = object::open(&keyring.of_epoch(epoch)?, place, name, row.body.as_slice())?;
            Ok((name, epoch, Zeroizing::new(plain)))
        });
        let Ok((name, epoch, plain)) = plain else { return Ok(()) };
        if epoch == keyring.epoch {
            return Ok(());
        }
        let object = Blob(object::seal(keyring, place, name, random(), &plain)?);
        let body = Resealed { after: row.rev, epoch: keyring.epoch, object };
        unless_stale(self.hub.reseal_object(&place.connection.to_string(), &row.id, &body).await)
    }

    async fn reseal_fact(&self, place: Place, keyring: &Keyring, row: &Row) -> Result<()> {
        let Some((about, body)) = said_anew(row, &self.log.organisation, (place, keyring), &self.identity)? else {
            return Ok(());
        };
        // Somebody has said something else meanwhile, under the new epoch.
        unless_stale(self.hub.put_fact(&place.connection.to_string(), &about.to_string(), &body).await)
    }
}

/// What was said of a user under an epoch that has ended, to be written over that very row and no later one; none where
/// there is nothing to say.
fn said_anew(
    row: &Row,
    organisation: &Organisation,
    (place, keyring): (Place, &Keyring),
    identity: &Identity,
) -> Result<Option<(UserId, NewFact)>> {
    let bytes = row.body.as_slice();
    let opened = fact::epoch(bytes)
        .and_then(|epoch| Ok((epoch, Fact::open(bytes, organisation, place, &keyring.of_epoch(epoch)?)?)));
    // Signed by nobody who may: nobody's word is not repeated.
    let Ok((epoch, known)) = opened else { return Ok(None) };
    if epoch == keyring.epoch {
        return Ok(None);
    }
    // Numbers grow: of two words about one user the later one counts.
    let number = u64::try_from(now()).unwrap_or_default().max(known.number + 1);
    let Fact { placing, decisions, said, .. } = known.clone();
    let said = Word { email: &known.email, said, number, placing, decisions };
    let (about, fact) = Fact::sign(place, said, keyring, identity, now(), random())?;
    Ok(Some((about, NewFact { after: Some(row.rev), epoch: keyring.epoch, fact: Blob(fact) })))
}

#[cfg(test)]
mod tests {
    use sekisho_fault::Fault;
    use sekisho_keys::fact::{Decision, Placing, Said};
    use sekisho_keys::ids::AccountId;

    use super::*;
    use crate::example::{PLACE, fact_row, founder, keyring, next_keyring, organisation};

    #[test]
    fn what_is_sealed_anew_is_written_over_what_was_read_and_over_no_later_word() {
        let (organisation, founder) = (organisation(), founder());
        let anew = |row: &Row| said_anew(row, &organisation, (PLACE, &next_keyring()), &founder).unwrap();
        let row = fact_row("bob@example.com", Said::Invited, &keyring(), 7);
        let (about, body) = anew(&row).unwrap();
        assert_eq!((about.to_string(), body.after, body.epoch), (row.id.clone(), Some(7), 2));
        let said = Fact::open(body.fact.as_slice(), &organisation, PLACE, &next_keyring()).unwrap();
        assert_eq!((said.email.as_str(), said.said), ("bob@example.com", Said::Invited));
        assert!(anew(&fact_row("bob@example.com", Said::Invited, &next_keyring(), 8)).is_none(), "it is sealed anew");
    }

    #[test]
    fn where_a_user_is_put_and_who_else_came_with_the_address_is_sealed_anew_with_the_rest() {
        let (organisation, founder) = (organisation(), founder());
        let account = AccountId([4; 32]);
        let placing = Placing {
            node: Some("osaka".into()),
            role: Some("strict".into()),
            account: Some(account),
            void_factors: Some(7),
        };
        let decision = Decision { identity: UserId([5; 32]), account, same: true, time: 6 };
        let (said, decisions) = (Said::Restored, vec![decision]);
        let word = Word { email: "bob@example.com", said, number: 5, placing: Some(placing.clone()), decisions };
        let (about, fact) = Fact::sign(PLACE, word, &keyring(), &founder, 0, [2; 12]).unwrap();
        let row = Row { seq: 1, kind: "fact".to_owned(), id: about.to_string(), rev: 1, body: Blob(fact) };
        let (_, body) = said_anew(&row, &organisation, (PLACE, &next_keyring()), &founder).unwrap().unwrap();
        let anew = Fact::open(body.fact.as_slice(), &organisation, PLACE, &next_keyring()).unwrap();
        assert_eq!((anew.placing, anew.decisions), (Some(placing), vec![decision]));
        assert!(anew.number > 5);
    }

    #[test]
    fn whoever_was_there_first_is_no_failure() {
        assert!(unless_stale(Err(Fault::new(hub_codes::STALE))).is_ok());
        assert!(unless_stale(Err(Fault::new(hub_codes::UNREACHABLE))).is_err());
    }
}
