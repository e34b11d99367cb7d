//! The exact change that mends what a scan found. A change is offered only once it was seen to
//! work: the text is changed, read again and judged again; the finding must be gone and no other
//! there, or the change is refused. Pure: whoever writes files and asks the API gets a [`Plan`].

mod batch;
mod failing;
mod kubeadm;
mod live;
mod mend;
mod plan;

pub use live::{LiveChange, Patch};
pub use mend::{Settings, World, plan};
pub use plan::{ByHand, Created, FileChange, Mended, Plan, RefusedFix, RightsChange};
