//! In the place of `client`, in a program that was built without the providers' dialects.

use super::ReplyModel;
use crate::{
    config::{ProviderKind, ProviderSettings},
    exit::Fatal,
};

/// There is none.
///
/// # Errors
/// Always: the configuration has refused it already.
pub(super) fn open(_: &ProviderSettings, _: ProviderKind) -> Result<Box<dyn ReplyModel>, Fatal> {
    Err(ProviderSettings::not_built())
}
