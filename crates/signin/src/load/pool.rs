//! Rooms for cryptography, each of bounded size, so that no kind of request takes the processor from another.

use std::num::NonZeroUsize;
use std::sync::Arc;

use sekisho_fault::{Fault, Result};
use tokio::sync::Semaphore;

use crate::codes;

/// A room: so many may be in it, at work or waiting; more are shed.
#[derive(Clone)]
pub(crate) struct Pool {
    places: Arc<Semaphore>,
    at_work: Arc<Semaphore>,
}

impl Pool {
    /// A room that may use the whole processor.
    pub(crate) fn new(places: usize) -> Self {
        Self::with(places, cores())
    }

    /// A room that leaves the half of the processor to others, where there is more than one core.
    pub(crate) fn modest(places: usize) -> Self {
        Self::with(places, cores().div_ceil(2))
    }

    fn with(places: usize, at_work: usize) -> Self {
        Self { places: Arc::new(Semaphore::new(places)), at_work: Arc::new(Semaphore::new(at_work)) }
    }

    /// Does something off the way of other requests; sheds when the room is full.
    ///
    /// Codes: `BUSY`, and those of what is done.
    pub(crate) async fn run<T: Send + 'static>(&self, act: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
        let busy = || Fault::new(codes::BUSY);
        let place = self.places.clone().try_acquire_owned().map_err(|_| busy())?;
        // Fair: who came first is served first. Nobody closes it.
        let turn = self.at_work.clone().acquire_owned().await.map_err(|_| busy())?;
        let done = tokio::task::spawn_blocking(move || {
            let _held = (place, turn);
            act()
        });
        done.await.map_err(|_| busy())?
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(2, NonZeroUsize::get)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn a_full_room_sheds_and_takes_again_when_there_is_a_place() {
        let pool = Pool::with(2, 1);
        let (go, gone) = mpsc::channel::<()>();
        let held = tokio::spawn({
            let pool = pool.clone();
            async move { pool.run(move || Ok(gone.recv().is_ok())).await }
        });
        let waits = tokio::spawn({
            let pool = pool.clone();
            async move { pool.run(|| Ok(())).await }
        });
        while pool.places.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(pool.run(|| Ok(())).await.unwrap_err().code, codes::BUSY);
        go.send(()).unwrap();
        assert_eq!((held.await.unwrap(), waits.await.unwrap()), (Ok(true), Ok(())));
        assert_eq!(pool.run(|| Ok(7)).await, Ok(7));
    }
}
