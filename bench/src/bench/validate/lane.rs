//! One kind of message at one contestant: what each of its turns has cost.

use super::kind::Kind;
use super::{Contestant, Effort};

/// Before it is known how long one takes, so many are validated.
const FEW: u32 = 2;

/// A kind of message at all who validate it.
pub struct Lanes {
    pub kind: Kind,
    pub bare: Lane,
    pub own: Lane,
    pub peers: Vec<Lane>,
}

impl Lanes {
    /// All, in the order of their turns.
    pub fn all(&mut self) -> impl Iterator<Item = &mut Lane> {
        [&mut self.bare, &mut self.own].into_iter().chain(&mut self.peers)
    }
}

/// A kind of message at one contestant.
pub struct Lane {
    /// The contestant's number.
    pub who: usize,
    what: String,
    /// How many are validated in a turn; or why none are.
    count: Result<u32, String>,
    /// Microseconds of processor time for one message, turn by turn.
    samples: Vec<f64>,
}

impl Lane {
    /// For orders of `what` to the contestant `who`.
    pub fn new(who: usize, what: String) -> Self {
        Self { who, what, count: Ok(FEW), samples: Vec::new() }
    }

    /// Works before it counts, and finds out how many fit into a turn.
    pub fn warm_up(&mut self, contestants: &mut [Contestant<'_>], effort: Effort) {
        for _ in 0..effort.warm_up {
            if let Some(took) = self.run(contestants) {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few thousand")]
                let fits = (effort.turn / took.max(1.0)) as u32;
                self.count = Ok(fits.max(2));
            }
        }
    }

    /// Takes a turn.
    pub fn turn(&mut self, contestants: &mut [Contestant<'_>]) {
        let took = self.run(contestants);
        self.samples.extend(took);
    }

    /// The turns' samples; or why there are none.
    pub fn samples(&self) -> Result<&[f64], &str> {
        self.count.as_ref().map(|_| &*self.samples).map_err(|reason| &**reason)
    }

    fn run(&mut self, contestants: &mut [Contestant<'_>]) -> Option<f64> {
        let count = *self.count.as_ref().ok()?;
        let took = match &mut contestants[self.who].who {
            Ok(validator) => validator.validate(&self.what, count),
            Err(reason) => Err(reason.clone()),
        };
        match took {
            Ok(took) => Some(took),
            Err(reason) => {
                self.count = Err(reason);
                None
            }
        }
    }
}
