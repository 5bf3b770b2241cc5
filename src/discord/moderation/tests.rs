//! Unit tests of who may moderate.
