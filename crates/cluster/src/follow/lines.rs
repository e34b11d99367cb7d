//! The lines of a body that is still being written, each bounded.

use std::error::Error;

use bytes::{Bytes, BytesMut};
use http_body::Body;
use http_body_util::BodyExt as _;

use crate::error::{CallFailure, chain};

/// Reads line by line.
pub(super) struct Lines<B> {
    body: B,
    read: BytesMut,
    /// How much of `read` is known to hold no line's end.
    searched: usize,
    longest: usize,
}

impl<B> Lines<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    pub(super) fn new(body: B, longest: usize) -> Self {
        Self { body, read: BytesMut::new(), searched: 0, longest }
    }

    /// The next line, without its end; `None` at the end of the body. What stands after the last
    /// line's end was cut off and is left out.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, CallFailure> {
        loop {
            if let Some(line) = self.take() {
                return Ok(Some(line));
            }
            if self.read.len() > self.longest {
                return Err(CallFailure::TooLong(self.longest));
            }
            match self.body.frame().await {
                None => return Ok(None),
                Some(Err(error)) => return Err(CallFailure::Unreachable(chain(&*error.into()))),
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        self.read.extend_from_slice(&data);
                    }
                }
            }
        }
    }

    fn take(&mut self) -> Option<Bytes> {
        let rest = self.read.get(self.searched..).unwrap_or_default();
        let Some(end) = rest.iter().position(|byte| *byte == b'\n') else {
            self.searched = self.read.len();
            return None;
        };
        let mut line = self.read.split_to(self.searched + end + 1);
        line.truncate(line.len() - 1);
        self.searched = 0;
        Some(line.freeze())
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use futures::stream;
    use http_body::Frame;
    use http_body_util::StreamBody;
    use proptest::prelude::*;

    use super::*;

    fn read(chunks: &[&[u8]], longest: usize) -> (Vec<Bytes>, Option<CallFailure>) {
        let frames: Vec<_> = chunks
            .iter()
            .map(|chunk| Ok::<_, Infallible>(Frame::data(Bytes::copy_from_slice(chunk))))
            .collect();
        let body = StreamBody::new(stream::iter(frames));
        let mut lines = Lines::new(body, longest);
        futures::executor::block_on(async {
            let mut all = Vec::new();
            loop {
                match lines.next().await {
                    Ok(Some(line)) => all.push(line),
                    Ok(None) => return (all, None),
                    Err(failure) => return (all, Some(failure)),
                }
            }
        })
    }

    #[test]
    fn leaves_out_a_line_that_was_cut_off() {
        assert_eq!(read(&[b"a\nb"], 9).0, ["a"]);
        assert_eq!(read(&[b"a\n\nb\n"], 9).0, ["a", "", "b"]);
        assert_eq!(read(&[], 9), (vec![], None));
    }

    #[test]
    fn refuses_a_line_without_end() {
        assert_eq!(read(&[b"a\n", b"1234", b"5678"], 7).1, Some(CallFailure::TooLong(7)));
    }

    proptest! {
        #[test]
        fn chunks_do_not_matter(chunks in proptest::collection::vec("[a-c\n]{0,4}", 0..12)) {
            let text = chunks.concat();
            let mut expected: Vec<&str> = text.split('\n').collect();
            expected.pop();
            let chunks: Vec<&[u8]> = chunks.iter().map(String::as_bytes).collect();
            prop_assert_eq!(read(&chunks, 100).0, expected);
        }
    }
}
