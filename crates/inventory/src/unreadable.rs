//! What could not be read, and where: it is reported, and stops nothing else.

/// A file, a document or an object that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unreadable {
    /// The file, or what stands for it.
    pub file: String,
    /// Line in the file, from 1; 0 for the file as such.
    pub line: usize,
    /// Column, from 1; 0 as above.
    pub column: usize,
    /// What is wrong.
    pub problem: String,
    /// Whether it is a Helm template: no mistake, but nothing that can be judged.
    pub is_template: bool,
}
