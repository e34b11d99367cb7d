//! Everything a scan has seen, whatever its source: objects, files, processes, and how far the
//! looking went. Pure.
