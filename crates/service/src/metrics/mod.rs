//! What monitoring reads: numbers, and no name of anybody. Labels come from lists that are known when the program is
//! built, so that nobody outside can make a new one.

mod exposition;
mod gather;
mod port;

use std::collections::BTreeMap;

use sekisho_admin_api::status::State;
use sekisho_fault::Code;

use self::exposition::{Kind, Metric, Sample};
use crate::activity::Outcomes;

pub(crate) use port::serve;

/// What is told.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    /// The version of the program.
    pub(crate) version: String,
    /// The state, by its name.
    pub(crate) state: &'static str,
    /// The applied revision, and how many are newer than it.
    pub(crate) revision: Option<(u64, u64)>,
    /// Whether the hub answered when it was last asked.
    pub(crate) hub: Option<bool>,
    /// Seconds since the hub's news were taken in.
    pub(crate) since_sync: Option<i64>,
    /// Seconds by which the hub's clock is ahead.
    pub(crate) hub_clock: Option<i64>,
    /// Users that are known.
    pub(crate) users: u64,
    /// Seconds that are left, of what ends.
    pub(crate) left: Vec<(&'static str, i64)>,
    /// Sign-ins since the start.
    pub(crate) sign_ins: Outcomes,
    /// The codes of the warnings in the status.
    pub(crate) warnings: Vec<Code>,
}

/// The metrics, in Prometheus' text format.
pub(crate) fn text(facts: &Facts) -> String {
    let mut metrics = vec![
        gauge("sekisho_build_info", "The version of the service.", [labelled(&[("version", &facts.version)], 1)]),
        gauge(
            "sekisho_state",
            "1 for the state that the service is in, 0 for the others.",
            State::NAMES.map(|name| labelled(&[("state", name)], (name == facts.state).into())),
        ),
        gauge("sekisho_revision", "The applied revision.", facts.revision.map(|(applied, _)| plain(number(applied)))),
        gauge(
            "sekisho_revisions_behind",
            "Revisions that this server has verified and not applied.",
            facts.revision.map(|(_, behind)| plain(number(behind))),
        ),
        gauge("sekisho_hub_reachable", "1 if the hub answered last time.", facts.hub.map(|hub| plain(hub.into()))),
        gauge(
            "sekisho_since_sync_seconds",
            "Seconds since the hub's news were last taken in.",
            facts.since_sync.map(plain),
        ),
        gauge(
            "sekisho_hub_clock_offset_seconds",
            "Seconds by which the hub's clock is ahead of this machine's, as last compared.",
            facts.hub_clock.map(plain),
        ),
        gauge("sekisho_known_users", "Users that sign in without the hub.", [plain(number(facts.users))]),
        gauge(
            "sekisho_left_seconds",
            "Seconds until the end; below 0 after it.",
            facts.left.iter().map(|(what, left)| labelled(&[("what", what)], *left)),
        ),
    ];
    metrics.push(sign_ins(&facts.sign_ins));
    let mut warnings = BTreeMap::<&str, i64>::new();
    for code in &facts.warnings {
        *warnings.entry(known(code)).or_default() += 1;
    }
    let warnings = warnings.into_iter().map(|(code, count)| labelled(&[("code", code)], count));
    metrics.push(gauge("sekisho_warnings", "Warnings that the status shows, by code.", warnings));
    exposition::text(&metrics)
}

fn sign_ins(outcomes: &Outcomes) -> Metric {
    let accepted = labelled(&[("outcome", "accepted")], number(outcomes.accepted));
    let refused =
        |(code, count): (&&'static str, &u64)| labelled(&[("outcome", "refused"), ("code", code)], number(*count));
    let samples = [accepted].into_iter().chain(outcomes.refused.iter().map(refused)).collect();
    let help = "Sign-ins since the start of the service; those refused, and refused logouts, by code.";
    Metric { name: "sekisho_sign_ins_total", help, kind: Kind::Counter, samples }
}

/// The code, if it is one of this build's, else `other`: a hub or a client cannot make labels.
pub(crate) fn known(code: &Code) -> &'static str {
    let all = [
        sekisho_certs::codes::ALL,
        sekisho_config::codes::ALL,
        sekisho_hub_api::codes::ALL,
        sekisho_keys::codes::ALL,
        sekisho_saml::codes::ALL,
        sekisho_signin::codes::ALL,
        crate::codes::ALL,
    ];
    all.into_iter().flatten().find(|one| *one == code).map_or("other", Code::as_str)
}

fn gauge(name: &'static str, help: &'static str, samples: impl IntoIterator<Item = Sample>) -> Metric {
    Metric { name, help, kind: Kind::Gauge, samples: samples.into_iter().collect() }
}

fn plain(value: i64) -> Sample {
    Sample { labels: Vec::new(), value }
}

fn labelled(labels: &[(&'static str, &str)], value: i64) -> Sample {
    Sample { labels: labels.iter().map(|(name, value)| (*name, (*value).to_owned())).collect(), value }
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_known_is_told_and_nothing_that_is_not() {
        let refused = BTreeMap::from([("saml.expired", 2), ("signin.replay", 1)]);
        let facts = Facts {
            version: "0.1.0".to_owned(),
            state: "running",
            revision: Some((3, 1)),
            hub: Some(false),
            since_sync: Some(40),
            hub_clock: Some(-2),
            users: 5,
            left: vec![("tls_certificate", 86_400), ("idp_metadata", -1)],
            sign_ins: Outcomes { accepted: 7, refused },
            warnings: vec![crate::codes::METADATA_HELD, Code::new("service.of_a_later_version")],
        };
        let told = text(&facts);
        for line in [
            "sekisho_build_info{version=\"0.1.0\"} 1",
            "sekisho_state{state=\"running\"} 1",
            "sekisho_state{state=\"stopped\"} 0",
            "sekisho_revision 3",
            "sekisho_revisions_behind 1",
            "sekisho_hub_reachable 0",
            "sekisho_since_sync_seconds 40",
            "sekisho_hub_clock_offset_seconds -2",
            "sekisho_known_users 5",
            "sekisho_left_seconds{what=\"tls_certificate\"} 86400",
            "sekisho_left_seconds{what=\"idp_metadata\"} -1",
            "# TYPE sekisho_sign_ins_total counter",
            "sekisho_sign_ins_total{outcome=\"accepted\"} 7",
            "sekisho_sign_ins_total{outcome=\"refused\",code=\"saml.expired\"} 2",
            "sekisho_warnings{code=\"service.metadata_held\"} 1",
            "sekisho_warnings{code=\"other\"} 1",
        ] {
            assert!(told.lines().any(|one| one == line), "{line} in {told}");
        }
        let told = text(&Facts { state: "not_configured", ..Facts::default() });
        for unknown in ["sekisho_revision", "sekisho_hub", "sekisho_since", "sekisho_left", "sekisho_warnings"] {
            assert!(!told.contains(unknown), "{unknown} in {told}");
        }
        assert!(told.contains("sekisho_sign_ins_total{outcome=\"accepted\"} 0"), "a counter is there from the start");
    }

    #[test]
    fn a_code_that_this_build_does_not_know_is_no_label_of_its_own() {
        assert_eq!(known(&sekisho_signin::codes::REPLAY), "signin.replay");
        assert_eq!(known(&Code::new("hub.made_up")), "other");
    }
}
