//! The codes of this crate.

sekisho_fault::codes! {
    /// Sealed bytes were changed, cut, or sealed under another key or for another purpose.
    NOT_AUTHENTIC = "keys.not_authentic";
    /// The page's key is no P-256 public key.
    PAGE_KEY = "keys.page_key";
}
