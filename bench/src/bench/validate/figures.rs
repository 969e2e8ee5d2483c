//! What the turns amount to.

use super::super::figure::{Aim, Figure};
use super::Contestant;
use super::kind::Kind;
use super::lane::{Lane, Lanes};

const BARE: Aim = Aim::AtMost(2.0);
const PEER: Aim = Aim::Above(1.0);

/// All figures.
pub fn of(contestants: &[Contestant<'_>], lanes: &[Lanes]) -> Vec<Figure> {
    let mut figures: Vec<Figure> = lanes.iter().flat_map(|lanes| of_kind(contestants, lanes)).collect();
    figures.extend(contestants.iter().map(memory));
    figures
}

fn of_kind(contestants: &[Contestant<'_>], Lanes { kind, bare, own, peers }: &Lanes) -> Vec<Figure> {
    let name = kind.figures();
    let aim = |aim| if *kind == Kind::Encrypted { Aim::None } else { aim };
    let mut figures = vec![
        figure(format!("{name}_us"), Aim::None, own.samples().map(<[f64]>::to_vec)),
        figure(format!("{name}_per_second_per_core"), Aim::None, own.samples().map(per_second)),
        figure(format!("{name}_bare_us"), Aim::None, bare.samples().map(<[f64]>::to_vec)),
        figure(format!("{name}_x_bare"), aim(BARE), ratios(own, bare)),
    ];
    for lane in peers {
        let name = format!("{}_{name}_per_second_per_core", contestants[lane.who].name);
        figures.push(figure(name, Aim::None, lane.samples().map(per_second)));
    }
    let best = best(peers).map_or(Err("no peer validated it"), |best| ratios(best, own));
    figures.push(figure(format!("{name}_peer_best_ratio"), PEER, best));
    figures
}

fn memory(contestant: &Contestant<'_>) -> Figure {
    let name = if contestant.name.is_empty() { String::new() } else { format!("{}_", contestant.name) };
    let mib = contestant.who.as_ref().map(|who| vec![who.mib()]);
    figure(format!("{name}validate_mib"), Aim::None, mib.map_err(|reason| &**reason))
}

/// The peer that takes the least time, by its median.
fn best(peers: &[Lane]) -> Option<&Lane> {
    let median = |lane: &Lane| {
        let mut sorted = lane.samples().ok()?.to_vec();
        sorted.sort_by(f64::total_cmp);
        sorted.get(sorted.len() / 2).copied()
    };
    let known = peers.iter().filter_map(|lane| Some((lane, median(lane)?)));
    known.min_by(|(_, one), (_, other)| one.total_cmp(other)).map(|(lane, _)| lane)
}

fn per_second(samples: &[f64]) -> Vec<f64> {
    samples.iter().map(|microseconds| 1_000_000.0 / microseconds).collect()
}

/// How many times as long the one takes as the other, round by round: the machine may be busier in one than in the next.
fn ratios<'a>(one: &'a Lane, other: &'a Lane) -> Result<Vec<f64>, &'a str> {
    let pairs = one.samples()?.iter().zip(other.samples()?);
    Ok(pairs.map(|(one, other)| one / other).collect())
}

fn figure(name: String, aim: Aim, samples: Result<Vec<f64>, &str>) -> Figure {
    match samples {
        Ok(samples) => Figure::median(name, aim, &samples),
        Err(reason) => Figure::absent(name, aim, reason),
    }
}
