//! A gateway's configuration, from the command line to what it means or what is wrong with it.

#[cfg(test)]
mod documents;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod meaning;
#[cfg(test)]
mod mistakes;
#[cfg(test)]
mod reloads;
#[cfg(test)]
mod sound;
