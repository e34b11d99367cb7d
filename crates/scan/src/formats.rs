//! How a report is written. Each format is a function of the report alone, and shows texts of
//! others in a way that its readers cannot be fooled by.

pub mod csv;
mod groups;
pub mod html;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod sarif;
pub mod table;
mod xml;
