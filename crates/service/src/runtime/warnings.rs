//! What an administrator should look at, by where it comes from.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use sekisho_fault::{Fault, Severity};

/// Each source replaces its own words.
#[derive(Default)]
pub(super) struct Warnings(Mutex<BTreeMap<&'static str, Vec<Fault>>>);

impl Warnings {
    /// Replaces those of a source, and tells all that there are. One source after the other: what is told last is the newest.
    pub(super) fn replace(&self, source: &'static str, faults: Vec<Fault>, tell: impl FnOnce(Vec<Fault>)) {
        // The map is whole at every moment.
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.insert(source, faults.into_iter().map(|fault| fault.as_severity(Severity::Warning)).collect());
        tell(held.values().flatten().cloned().collect());
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use sekisho_fault::Code;

    use super::*;

    #[test]
    fn what_two_sources_say_in_one_moment_is_both_told() {
        for _ in 0..200 {
            let (warnings, told) = (Warnings::default(), Mutex::new(Vec::new()));
            let say = |source: &'static str, code: &'static str| {
                warnings.replace(source, vec![Fault::new(Code::new(code))], |all| {
                    thread::yield_now();
                    *told.lock().unwrap() = all;
                });
            };
            thread::scope(|scope| {
                scope.spawn(|| say("hub", "service.hub"));
                scope.spawn(|| say("mail", "service.mail"));
            });
            assert_eq!(told.lock().unwrap().len(), 2);
        }
    }

    #[test]
    fn a_source_takes_its_own_words_back_and_no_others() {
        let warnings = Warnings::default();
        let say = |source, faults: Vec<Fault>| {
            let mut told = Vec::new();
            warnings.replace(source, faults, |all| told = all);
            told.into_iter().map(|fault| fault.code.as_str().to_owned()).collect::<Vec<_>>()
        };
        say("hub", vec![Fault::new(Code::new("service.hub"))]);
        assert_eq!(say("mail", vec![Fault::new(Code::new("service.mail"))]), ["service.hub", "service.mail"]);
        assert_eq!(say("hub", Vec::new()), ["service.mail"]);
    }
}
