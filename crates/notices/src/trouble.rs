//! Which troubles a status has.

use sekisho_admin_api::status::{HubState, State, Status};
use sekisho_fault::{Arg, Fault};

const DAY: i64 = 24 * 60 * 60;
/// A hub that is away for less is nobody's business: users sign in without it.
const HUB: i64 = 15 * 60;
/// Ends are told again when this much is left, in days. When they are told first scales with the lifetime: the warning begins.
const STAGES: [i64; 2] = [1, 7];
/// What an administrator has done on purpose, and so knows.
const WISHED: [&str; 3] = ["service.stopped_by_administrator", "service.ended", "service.drained"];
/// Of the configuration's warnings, which are switches that were chosen, those that come by themselves.
const COMES: [&str; 2] = ["config.idp_certificate_ends", "config.idp_certificate_ended"];
/// What makes two warnings one: days that pass, and the words of a system, are no news.
const IDENTITY: [&str; 4] = ["server", "revision", "what", "code"];
/// The names of the moment at which something ends.
const ENDS: [&str; 3] = ["ends", "ended", "until"];

/// Which kind of trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// The service does not serve, and it can be mended on its machine.
    Stopped,
    /// It does not serve because of something unexpected.
    Failed,
    /// The connection was deleted.
    Detached,
    /// The hub does not answer.
    Hub,
    /// Something ends at this moment, in seconds since 1970, or has ended.
    Ends(i64),
    /// Anything else.
    Warning,
}

/// Something that an administrator should look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Its name: what has the same name is the same trouble, at another moment too.
    pub name: String,
    /// Of which kind.
    pub what: What,
    /// Why, and what to do.
    pub fault: Fault,
}

impl Trouble {
    /// The page of the console on which it is seen and mended.
    pub fn page(&self) -> &'static str {
        let code = self.fault.code.as_str();
        let configured = ["service.metadata", "service.webhook", "service.mail", "config."];
        match self.fault.field.as_deref() {
            Some("idp_metadata") => "configuration",
            _ if self.fault.code.area() == "certs" => "certificates",
            _ if configured.iter().any(|start| code.starts_with(start)) => "configuration",
            _ => "overview",
        }
    }
}

/// Whether an argument of this name tells a warning from others of its code.
pub fn tells_apart(name: &str) -> bool {
    IDENTITY.contains(&name)
}

/// What makes a warning itself.
pub fn about(fault: &Fault) -> Fault {
    let known = |(name, _): &(&String, &Arg)| tells_apart(name);
    let args = fault.args.iter().filter(known).map(|(name, value)| (name.clone(), value.clone())).collect();
    Fault { args, ..fault.clone() }
}

/// The troubles of a status, the worst first. `now`: seconds since 1970.
pub fn troubles(status: &Status, now: i64) -> Vec<Trouble> {
    let state = match &status.state {
        State::Stopped { reason } => Some((What::Stopped, reason)),
        State::Failed { reason } => Some((What::Failed, reason)),
        State::Detached { reason } => Some((What::Detached, reason)),
        State::NotConfigured | State::Trial | State::Starting | State::Running { .. } => None,
    };
    let hub = match &status.hub {
        HubState::Unreachable { since, reason } if now - since >= HUB => Some((What::Hub, reason)),
        _ => None,
    };
    let warnings = status.warnings.iter().map(|warning| match end(warning) {
        Some(end) => (What::Ends(end), warning),
        None => (What::Warning, warning),
    });
    let all = state.into_iter().chain(warnings).chain(hub).filter(|(_, fault)| matters(fault));
    let mut found: Vec<Trouble> = Vec::new();
    for (what, fault) in all {
        let name = name(what, fault, now);
        if !found.iter().any(|known| known.name == name) {
            found.push(Trouble { name, what, fault: fault.clone() });
        }
    }
    found
}

fn matters(fault: &Fault) -> bool {
    let code = fault.code.as_str();
    !WISHED.contains(&code) && (fault.code.area() != "config" || COMES.contains(&code))
}

fn end(fault: &Fault) -> Option<i64> {
    ENDS.iter().find_map(|name| match fault.args.get(*name) {
        Some(Arg::Time(end)) => Some(*end),
        _ => None,
    })
}

/// Each end has its own name, so that the next certificate's is another; and at each stage another one.
fn name(what: What, fault: &Fault, now: i64) -> String {
    let field = fault.field.as_deref().unwrap_or_default();
    match what {
        What::Ends(end) => format!("{} {field} {end} {}", about(fault), stage(end - now)),
        What::Hub => "hub".to_owned(),
        _ => format!("{what:?} {} {field}", about(fault)),
    }
}

fn stage(left: i64) -> String {
    match STAGES.iter().find(|days| left <= **days * DAY) {
        _ if left <= 0 => "ended".to_owned(),
        Some(days) => days.to_string(),
        None => "soon".to_owned(),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use sekisho_fault::Code;

    pub(crate) const NOW: i64 = 1_800_000_000;

    /// The status of a server that runs, changed.
    pub(crate) fn status(change: impl FnOnce(&mut Status)) -> Status {
        let mut status = Status {
            state: State::Running { since: NOW },
            warnings: Vec::new(),
            version: String::new(),
            server_name: "sso1".to_owned(),
            listening: None,
            login_url: None,
            revision: None,
            synced: None,
            membership: None,
            hub: HubState::Reachable { at: NOW },
            users: 0,
            domains: Vec::new(),
            vault_page: String::new(),
        };
        change(&mut status);
        status
    }

    /// A certificate that ends then.
    pub(crate) fn ends(field: &str, end: i64) -> Fault {
        let days = (end - NOW) / DAY;
        Fault::new(sekisho_certs::codes::ENDS_SOON).with("days", days).at("ends", end).on(field)
    }

    fn names(status: &Status, now: i64) -> Vec<String> {
        troubles(status, now).into_iter().map(|trouble| trouble.name).collect()
    }

    #[test]
    fn a_server_that_runs_or_rests_as_somebody_wished_is_in_no_trouble() {
        assert!(names(&status(|_| {}), NOW).is_empty());
        for code in WISHED {
            let reason = Fault::new(Code::new(code));
            assert!(names(&status(|it| it.state = State::Stopped { reason: reason.clone() }), NOW).is_empty());
            assert!(names(&status(|it| it.warnings = vec![reason]), NOW).is_empty());
        }
        let chosen = Fault::new(sekisho_config::codes::SHA1_ALLOWED);
        assert!(names(&status(|it| it.warnings = vec![chosen]), NOW).is_empty());
    }

    #[test]
    fn an_end_is_a_trouble_of_its_own_for_each_certificate_and_stage() {
        let end = NOW + 20 * DAY;
        let at = |now| names(&status(|it| it.warnings = vec![ends("tls", end)]), now).remove(0);
        assert_eq!(at(NOW), at(NOW + 12 * DAY), "days that pass are no news");
        let stages = [at(NOW), at(end - 7 * DAY), at(end - DAY), at(end)];
        let mut different = stages.to_vec();
        different.dedup();
        assert_eq!(different.len(), 4, "{stages:?}");
        let two = names(&status(|it| it.warnings = vec![ends("tls", end), ends("saml", end)]), NOW);
        assert_ne!(two[0], two[1]);
        let renewed = names(&status(|it| it.warnings = vec![ends("tls", end + 1)]), NOW);
        assert_ne!(renewed[0], at(NOW), "the next certificate's end is news");
    }

    #[test]
    fn the_ends_of_the_identity_provider_are_told_although_the_configuration_warns_of_them() {
        let codes = [sekisho_config::codes::IDP_CERTIFICATE_ENDS, sekisho_config::codes::IDP_CERTIFICATE_ENDED];
        assert_eq!(codes.each_ref().map(ToString::to_string), COMES);
        for code in codes {
            let warning = Fault::new(code).at("ends", NOW + DAY);
            assert_eq!(troubles(&status(|it| it.warnings = vec![warning]), NOW)[0].what, What::Ends(NOW + DAY));
        }
    }

    #[test]
    fn a_hub_that_is_away_for_a_while_only_is_not_told() {
        let reason = Fault::new(Code::new("hub.unreachable"));
        let away = status(|it| it.hub = HubState::Unreachable { since: NOW, reason });
        assert!(names(&away, NOW + HUB - 1).is_empty());
        assert_eq!(names(&away, NOW + HUB), ["hub"]);
    }

    #[test]
    fn a_server_that_does_not_serve_comes_first_and_other_words_are_the_same_trouble() {
        let stopped = |words: &str| {
            let reason = Fault::new(Code::new("service.bind")).with("detail", words);
            status(|it| (it.state, it.warnings) = (State::Stopped { reason }, vec![ends("tls", NOW + DAY)]))
        };
        assert_eq!(troubles(&stopped("a"), NOW)[0].what, What::Stopped);
        assert_eq!(names(&stopped("a"), NOW), names(&stopped("b"), NOW));
    }
}
