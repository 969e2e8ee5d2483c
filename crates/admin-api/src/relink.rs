//! Users who are recognised by their addresses, after what names them has changed.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Call;
use crate::draft::Draft;

/// The window in which they are recognised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RelinkWindow {
    /// The last moment: seconds since 1970.
    pub until: i64,
    /// Whether it is open now, by the server's clock.
    pub open: bool,
    /// The identity providers whose users are recognised, by their entity IDs.
    pub idps: Vec<String>,
}

/// A wish for a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RelinkWish {
    /// How many days it is open (1 to 90); without a number there is none.
    pub days: Option<u16>,
}

/// Opens a window in the draft for the users of what is applied, or takes it out.
pub struct SetRelink;

impl Call for SetRelink {
    const METHOD: &'static str = "draft.relink";
    type Params = RelinkWish;
    type Reply = Draft;
}
