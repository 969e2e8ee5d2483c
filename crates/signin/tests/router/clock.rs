//! The clock of a server jumps, forward and back, while it runs.

use sekisho_fault::Code;
use sekisho_saml::codes as saml;
use sekisho_signin::codes;

use crate::idp::Answer;
use crate::world::{World, vault_login};

const HOUR: i64 = 3600;
const FIVE_YEARS: i64 = 5 * 365 * 24 * HOUR;

/// What a sign-in ends with whose answer the identity provider has made `apart` seconds from this server's time.
async fn refused(world: &World, apart: i64) -> Option<Code> {
    let left = world.leave(&vault_login()).await;
    let reply = world.arrive(&left, &Answer::alice(&left.id, world.now() + apart), &left.cookie).await;
    if reply.location().contains("#code=") { None } else { world.refusal() }
}

#[tokio::test]
async fn a_clock_that_jumps_refuses_by_code_and_takes_nothing_with_it() {
    let world = World::new();
    assert_eq!(refused(&world, 0).await, None);
    for jump in [HOUR, FIVE_YEARS] {
        // Forward: what the identity provider answers is over.
        world.pass(jump);
        assert_eq!(refused(&world, -jump).await, Some(saml::EXPIRED), "{jump}");
        world.pass(-jump);
        assert_eq!(refused(&world, 0).await, None, "after {jump}");
        // Back: it is not valid yet.
        world.pass(-jump);
        let code = refused(&world, jump).await;
        assert!(code == Some(saml::NOT_YET_VALID), "{code:?} after -{jump}");
        world.pass(jump);
        assert_eq!(refused(&world, 0).await, None, "after -{jump}");
    }
}

#[tokio::test]
async fn a_clock_that_jumps_on_the_way_ends_that_sign_in_alone() {
    for jump in [HOUR, -HOUR, FIVE_YEARS, -FIVE_YEARS] {
        let world = World::new();
        let left = world.leave(&vault_login()).await;
        let answer = Answer::alice(&left.id, world.now());
        world.pass(jump);
        world.arrive(&left, &answer, &left.cookie).await;
        assert_eq!(world.refusal(), Some(codes::NO_STATE), "{jump}");
        assert_eq!(refused(&world, 0).await, None, "the next one is begun and ended by the same clock");
        // Set right again: what was begun before the jump counts as before.
        world.pass(-jump);
        assert!(world.arrive(&left, &answer, &left.cookie).await.location().contains("#code="), "{jump}");
    }
}
