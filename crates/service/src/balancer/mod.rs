//! A balancer before the servers: what can be seen of it, what it has to be told, and the record of a certificate that was
//! given to it.

mod given_out;
mod snippets;
mod topology;
