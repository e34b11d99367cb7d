//! Certificates, keys and tokens as a kubeconfig gives them: in the text itself, or in a file that
//! may change while it is in use.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretSlice};

use crate::ClusterError;

/// Something to read, perhaps again and again.
#[derive(Debug, Clone)]
pub(crate) enum Material {
    /// The thing itself.
    Inline {
        bytes: SecretSlice<u8>,
        /// Where it stands, for errors.
        origin: &'static str,
    },
    /// A file that holds it.
    File(PathBuf),
}

impl Material {
    pub(crate) fn inline(bytes: Vec<u8>, origin: &'static str) -> Self {
        Self::Inline { bytes: bytes.into(), origin }
    }

    /// What it holds now. Blocks.
    pub(crate) fn read(&self) -> Result<SecretSlice<u8>, ClusterError> {
        match self {
            Self::Inline { bytes, .. } => Ok(bytes.expose_secret().to_vec().into()),
            Self::File(path) => {
                read(path).map_err(|source| ClusterError::File { path: path.clone(), source })
            }
        }
    }

    /// Where it stands, for errors.
    pub(crate) fn origin(&self) -> String {
        match self {
            Self::Inline { origin, .. } => (*origin).to_owned(),
            Self::File(path) => path.display().to_string(),
        }
    }

    /// Whether it can change.
    pub(crate) fn is_file(&self) -> bool {
        matches!(self, Self::File(_))
    }
}

/// A file that holds a certificate, a key, a token or a kubeconfig. Blocks.
pub(crate) fn read(path: &Path) -> io::Result<SecretSlice<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(LONGEST + 1).read_to_end(&mut bytes)?;
    let read: SecretSlice<u8> = bytes.into();
    if read.expose_secret().len() as u64 > LONGEST {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "the file is longer than 1 MiB"));
    }
    Ok(read)
}

const LONGEST: u64 = 1 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_a_file_without_end() {
        let error = Material::File(PathBuf::from("/dev/zero")).read().unwrap_err();
        assert!(crate::error::chain(&error).contains("longer than 1 MiB"));
    }

    #[test]
    fn debug_hides_what_it_holds() {
        let material = Material::inline(b"canary".to_vec(), "x");
        assert!(!format!("{material:?}").contains("canary"));
        assert!(!format!("{material:?}").contains("99, 97"));
    }
}
