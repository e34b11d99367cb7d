//! Practice 5: flags of the API server and the rest of the control plane.

mod apiserver;
mod authorization;
mod authorizers;
mod bind_address;
mod controller_manager;
mod fl_005;
mod fl_006;
mod fl_022;
mod fl_023;
mod fl_024;
mod fl_026;
mod fl_027;
mod fl_028;
mod fl_031;
mod fl_032;
pub(crate) mod gates;
mod insecure;
pub(crate) mod known;
mod profiling;
pub(crate) mod servers;

use crate::Check;

pub(crate) const CHECKS: &[&[Check]] = &[
    authorization::CHECKS,
    &[fl_005::FL_005, fl_006::FL_006, fl_022::FL_022, fl_023::FL_023, fl_024::FL_024],
    &[fl_026::FL_026, fl_027::FL_027, fl_028::FL_028, fl_031::FL_031, fl_032::FL_032],
    insecure::CHECKS,
    profiling::CHECKS,
    bind_address::CHECKS,
    controller_manager::CHECKS,
    apiserver::CHECKS,
];
