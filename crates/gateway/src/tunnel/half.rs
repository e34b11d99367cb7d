//! One direction of a tunnel.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes on their way from one side to the other.
#[derive(Debug, Default)]
pub(super) struct Half {
    /// Grows while it is filled, so that an idle tunnel holds little.
    buffer: Vec<u8>,
    /// What of the buffer is still to be written.
    from: usize,
    to: usize,
    moved: u64,
    stage: Stage,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Stage {
    #[default]
    Open,
    /// Something was written that may not be flushed.
    Unflushed,
    /// The source is at its end, the sink not yet told.
    Ending,
    Ended,
}

/// Which side of a direction broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Broke {
    Source(io::ErrorKind),
    Sink(io::ErrorKind),
}

impl Half {
    /// Bytes that the sink took.
    pub(super) fn moved(&self) -> u64 {
        self.moved
    }

    /// Ready when the source is at its end and the sink has been told so.
    pub(super) fn poll<R, W>(
        &mut self,
        context: &mut Context<'_>,
        source: &mut R,
        sink: &mut W,
    ) -> Poll<Result<(), Broke>>
    where
        R: AsyncRead + Unpin,
        W: AsyncWrite + Unpin,
    {
        let of_sink = |error: io::Error| Broke::Sink(error.kind());
        loop {
            ready!(self.poll_drain(context, sink)).map_err(of_sink)?;
            match self.stage {
                Stage::Ended => return Poll::Ready(Ok(())),
                Stage::Ending => {
                    ready!(Pin::new(&mut *sink).poll_shutdown(context)).map_err(of_sink)?;
                    self.stage = Stage::Ended;
                }
                Stage::Open | Stage::Unflushed => match self.poll_fill(context, source) {
                    Poll::Ready(Ok(())) => {}
                    Poll::Ready(Err(error)) => {
                        return Poll::Ready(Err(Broke::Source(error.kind())));
                    }
                    Poll::Pending => {
                        if self.stage == Stage::Unflushed {
                            ready!(Pin::new(&mut *sink).poll_flush(context)).map_err(of_sink)?;
                            self.stage = Stage::Open;
                        }
                        return Poll::Pending;
                    }
                },
            }
        }
    }

    fn poll_fill<R>(&mut self, context: &mut Context<'_>, source: &mut R) -> Poll<io::Result<()>>
    where
        R: AsyncRead + Unpin,
    {
        if self.buffer.is_empty() {
            self.buffer.resize(SMALLEST, 0);
        }
        let mut buffer = ReadBuf::new(&mut self.buffer);
        ready!(Pin::new(source).poll_read(context, &mut buffer))?;
        let is_full = buffer.remaining() == 0;
        (self.from, self.to) = (0, buffer.filled().len());
        if self.to == 0 {
            self.stage = Stage::Ending;
        } else if is_full && self.buffer.len() < LARGEST {
            self.buffer.resize(self.buffer.len().saturating_mul(2), 0);
        }
        Poll::Ready(Ok(()))
    }

    fn poll_drain<W>(&mut self, context: &mut Context<'_>, sink: &mut W) -> Poll<io::Result<()>>
    where
        W: AsyncWrite + Unpin,
    {
        while let Some(rest) = self.buffer.get(self.from..self.to).filter(|rest| !rest.is_empty()) {
            let written = ready!(Pin::new(&mut *sink).poll_write(context, rest))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.from = self.from.saturating_add(written);
            self.moved = self.moved.saturating_add(written as u64);
            if self.stage == Stage::Open {
                self.stage = Stage::Unflushed;
            }
        }
        Poll::Ready(Ok(()))
    }
}

const SMALLEST: usize = 8 * 1024;
const LARGEST: usize = 64 * 1024;
