//! One round: an act is begun, somebody is killed at a random moment of it, all start again, and it is judged.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::act::{Act, Victim};
use super::dice::Dice;
use super::judge;
use super::table::Moment;
use super::town::{EXPORT, EXPORT_PASSPHRASE, Saved, Town};
use crate::process::Process;
use crate::wait::wait_within;

/// A command that was cut off by what it needs ends by itself within this.
const PATIENCE: Duration = Duration::from_secs(90);
/// Kills come from so much before an act to so much after it, in parts of what it usually takes.
const WINDOW: (f64, f64) = (-0.1, 1.2);

/// What came of a round.
pub(super) struct Played {
    pub(super) act: Act,
    pub(super) kills: Vec<Moment>,
    /// The act had taken effect before anything was done again.
    pub(super) new: bool,
}

/// How a command ended.
#[derive(Debug)]
pub(super) struct Ended {
    /// It said that all is done.
    pub(super) acknowledged: bool,
    /// The code with which it was refused.
    pub(super) code: Option<String>,
    /// What it has said on the standard error.
    pub(super) text: String,
}

/// A kill that is planned.
struct Kill {
    victim: Victim,
    /// Seconds after the act has begun.
    at: f64,
}

/// Plays in one organisation.
pub(super) struct Player {
    pub(super) town: Town,
    dice: Dice,
    /// What an act takes, in seconds.
    usual: BTreeMap<Act, f64>,
}

impl Player {
    pub(super) fn new(home: &Path, dice: Dice) -> Self {
        let mut player = Self { town: Town::found(home), dice, usual: BTreeMap::new() };
        judge::all_is_whole(&mut player.town, "the beginning");
        player
    }

    /// One act without a kill.
    pub(super) fn rehearse(&mut self, act: Act) {
        let words = self.prepare(act, 0);
        let begun = Instant::now();
        let ended = self.wait(self.begin(act, &words), "rehearsal");
        assert!(ended.acknowledged, "{} undisturbed: {ended:?}", act.name());
        self.usual.insert(act, begun.elapsed().as_secs_f64());
        judge::act(&mut self.town, act, &words, &ended, "rehearsal");
        judge::all_is_whole(&mut self.town, "rehearsal");
    }

    /// One round.
    pub(super) fn play(&mut self, round: u32) -> Played {
        let act = self.choose();
        let words = self.prepare(act, round);
        let plan = self.plan(act);
        let told: Vec<String> = plan.iter().map(|kill| format!("{:?} at {:.3} s", kill.victim, kill.at)).collect();
        let early = self.dice.once_in(2);
        let back = if early { "back at once" } else { "back later" };
        let name = format!("round {round}, {}, kills {}, {back}", act.name(), told.join(", "));
        let (kills, ended) = self.strike(act, &words, &plan, early, &name);
        let new = judge::act(&mut self.town, act, &words, &ended, &name);
        judge::all_is_whole(&mut self.town, &name);
        Played { act, kills, new }
    }

    /// A guest joins before it leaves.
    fn choose(&mut self) -> Act {
        let here = self.town.guest.is_some();
        let possible: Vec<Act> =
            Act::ALL.into_iter().filter(|act| *act != if here { Act::Enrol } else { Act::Retire }).collect();
        self.dice.one(&possible)
    }

    /// One victim, or two.
    fn plan(&mut self, act: Act) -> Vec<Kill> {
        let usual = self.usual[&act];
        // What is acknowledged is applied afterwards: that is cut off by a save's kills.
        let from = if act == Act::Apply { self.usual[&Act::Save] * 0.8 } else { usual * WINDOW.0 };
        let many = if self.dice.once_in(4) { 2 } else { 1 };
        let mut plan: Vec<Kill> = Vec::new();
        while plan.len() < many {
            let victim = self.dice.one(act.victims());
            let absent = victim == Victim::Guest && self.town.guest.is_none();
            let planned = plan.iter().any(|kill| kill.victim == victim);
            // Every sign-in needs another code of the authenticator app.
            let locked_out = victim == Victim::Agent && !self.town.may_sign_in();
            if !(absent || planned || locked_out) {
                plan.push(Kill { victim, at: self.dice.between(from, usual * WINDOW.1) });
            }
        }
        plan.sort_by(|one, other| one.at.total_cmp(&other.at));
        plan
    }

    /// Does what comes before the act, undisturbed, and gives the command.
    fn prepare(&mut self, act: Act, round: u32) -> Vec<String> {
        let town = &mut self.town;
        let text = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        match act {
            Act::Import => {
                let file = |end: &str| town.site.home.join(format!("import-{}.{end}", round % 2));
                let (certificate, key) = (file("crt"), file("key"));
                text(&["draft", "certificate", &certificate.to_string_lossy(), &key.to_string_lossy()])
            }
            Act::Connection => {
                let file = |name: &str| town.site.home.join(name).to_string_lossy().into_owned();
                let (export, passphrase) = (file(EXPORT), file(EXPORT_PASSPHRASE));
                text(&["connection", "import", &export, "--export-passphrase-file", &passphrase])
            }
            Act::Save | Act::Apply => {
                let mut saved = Saved::in_round(round);
                if round == 0 {
                    saved.reason = format!("rehearsal of {}", act.name());
                    if act == Act::Save { "299" } else { "298" }.clone_into(&mut saved.skew);
                }
                let founder = &town.site.founder;
                founder.run(&["draft", "set", "skew_seconds", &saved.skew]);
                founder.run(&["draft", "set", "attribute_first", &saved.attribute]);
                if round.is_multiple_of(3) {
                    founder.run(&["draft", "trial-certificate"]);
                }
                let wait = if act == Act::Save { "0" } else { "15" };
                let words = text(&["save", "--yes", "--reason", &saved.reason, "--wait", wait]);
                town.saved.push(saved);
                words
            }
            Act::Sync => text(&["sync", "--full"]),
            Act::Enrol => {
                town.invite_guest();
                text(&["enrol"])
            }
            Act::Retire => {
                let guest = town.guest.as_ref().and_then(super::town::Server::name).expect("the guest has joined");
                text(&["servers", "retire", &guest, "--yes", "--wait", "10"])
            }
        }
    }

    fn begin(&self, act: Act, words: &[String]) -> Process {
        let town = &self.town;
        let at = match (&town.guest, act) {
            (Some(guest), Act::Enrol) => &guest.cli,
            _ => &town.site.founder,
        };
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let file = |name: &str| Stdio::from(File::create(town.site.home.join(name)).unwrap());
        Process::start(at.command(&words).stdout(Stdio::null()).stderr(file("stderr")))
    }

    /// Begins, kills, starts again what was killed: at once, or only when the command has noticed.
    fn strike(&mut self, act: Act, words: &[String], plan: &[Kill], early: bool, name: &str) -> (Vec<Moment>, Ended) {
        let mut kills = Vec::new();
        let (before, then): (Vec<&Kill>, Vec<&Kill>) = plan.iter().partition(|kill| kill.at < 0.0);
        for kill in &before {
            self.town.kill(kill.victim);
            kills.push(Moment::Before);
        }
        let mut command = Some(self.begin(act, words));
        let begun = Instant::now();
        for kill in then {
            sleep(Duration::from_secs_f64(kill.at).saturating_sub(begun.elapsed()));
            let over = command.as_mut().is_none_or(|command| command.child().try_wait().unwrap().is_some());
            if kill.victim == Victim::Command {
                command = None;
            }
            self.town.kill(kill.victim);
            kills.push(if over { Moment::After } else { Moment::During });
            if early && kill.victim != Victim::Agent {
                self.town.revive(kill.victim);
            }
        }
        if before.iter().any(|kill| kill.victim == Victim::Command) {
            command = None;
        }
        if !early && let Some(command) = &mut command {
            // A command that needs what is dead goes on trying for a while.
            let noticed = Instant::now();
            while noticed.elapsed() < Duration::from_secs(2) && command.child().try_wait().unwrap().is_none() {
                sleep(Duration::from_millis(10));
            }
        }
        for kill in plan.iter().filter(|kill| kill.victim != Victim::Agent && (!early || kill.at < 0.0)) {
            self.town.revive(kill.victim);
        }
        // Whoever signs in needs the hub.
        if plan.iter().any(|kill| kill.victim == Victim::Agent) {
            self.town.revive(Victim::Agent);
        }
        let killed = || Ended { acknowledged: false, code: None, text: "killed".to_owned() };
        let ended = command.map_or_else(killed, |command| self.wait(command, name));
        if kills.iter().all(|kill| *kill == Moment::After) {
            let usual = self.usual.get_mut(&act).unwrap();
            // Organisations grow, and so does what takes them.
            *usual = 0.9 * *usual + 0.1 * begun.elapsed().as_secs_f64().min(*usual * 1.5);
        }
        (kills, ended)
    }

    fn wait(&self, mut command: Process, name: &str) -> Ended {
        let told = || fs::read_to_string(self.town.site.home.join("stderr")).unwrap();
        let status =
            wait_within(PATIENCE, &format!("{name}: the command ends"), || command.child().try_wait().unwrap(), told);
        let text = told();
        let fault: Value = serde_json::from_str(&text).unwrap_or_default();
        Ended { acknowledged: status.success(), code: fault["code"].as_str().map(str::to_owned), text }
    }
}
