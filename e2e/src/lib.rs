//! Does Minicom hold together? Stories, faults, load and the rules of the house.

pub mod proxy;
