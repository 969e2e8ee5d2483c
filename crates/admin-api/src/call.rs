use serde::Serialize;
use serde::de::DeserializeOwned;

/// One method of the admin API: its name and the types of both directions.
pub trait Call {
    /// `feature.verb`.
    const METHOD: &'static str;
    /// What the caller sends.
    type Params: Serialize + DeserializeOwned + Send;
    /// What the service answers.
    type Reply: Serialize + DeserializeOwned + Send;
}
