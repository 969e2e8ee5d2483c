// Stands in for Node's `crypto`, which @hpke/core asks for only where WebCrypto is missing: no browser of ours.
export {};
