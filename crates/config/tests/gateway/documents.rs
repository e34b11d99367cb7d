//! The texts that are made from the table of options.

use clap::CommandFactory;

use crate::golden;
use crate::sound::Cli;

#[test]
fn the_reference_page_is_current() {
    golden::check("../../docs/reference/gateway-options.md", &config::reference::page());
}

#[test]
fn the_schema_is_current() {
    golden::check("../../docs/reference/gateway-config.schema.json", &config::reference::schema());
}

#[test]
fn the_help_is_current() {
    golden::check("tests/gateway/help.txt", &Cli::command().render_long_help().to_string());
}

#[test]
fn the_command_is_well_formed() {
    Cli::command().debug_assert();
}
