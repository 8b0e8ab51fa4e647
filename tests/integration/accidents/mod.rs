//! The accident matrix: every command that changes something, struck by every accident at every call it makes.
//!
//! For each command one run without trouble lists the requests that it sends; nobody lists them by hand. Then, for
//! each request and each accident, on a server of its own: the real binary runs and the accident happens at exactly
//! that request; it runs again; it runs a third time. What the mock holds after each run is compared with what it
//! held before and with what the run without trouble led to. See [`case`] for what is demanded.
//!
//! A further command is one more [`Subject`](subject::Subject).

mod accident;
mod case;
mod matrix;
mod state;
mod subject;

#[test]
fn prepare_master_target_survives_every_accident_at_every_call() {
    matrix::run(&subject::PREPARE);
}

#[test]
fn storage_vmotion_include_survives_every_accident_at_every_call() {
    matrix::run(&subject::INCLUDE);
}

#[test]
fn disks_attach_survives_every_accident_at_every_call() {
    matrix::run(&subject::ATTACH);
}

#[test]
fn disks_detach_survives_every_accident_at_every_call() {
    matrix::run(&subject::DETACH);
}

#[test]
fn datastores_mount_survives_every_accident_at_every_call() {
    matrix::run(&subject::MOUNT);
}

#[test]
fn credentials_role_survives_every_accident_at_every_call() {
    matrix::run(&subject::ROLE);
}

#[test]
fn disks_restore_survives_every_accident_at_every_call() {
    matrix::run(&subject::RESTORE);
}
