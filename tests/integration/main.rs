//! End-to-end tests of the real crates and the real binary against the mock vCenter.

mod bad_input;
mod check;
mod cli_check;
mod cli_confirm;
mod cli_hostile;
mod cli_interrupt;
mod cli_inventory;
mod cli_json;
mod cli_login;
mod cli_mends;
mod cli_offline;
mod cli_refusals;
mod cli_reports;
mod cli_scenarios;
mod cli_simulate;
mod credentials;
mod duplicates;
mod inventory;
mod mends;
mod prepare;
mod prepare_trouble;
mod reprotect;
mod rest;
mod rules_table;
mod scale;
mod secret;
