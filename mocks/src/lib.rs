//! A stateful mock vCenter and ESXi that refuses like the real one.
