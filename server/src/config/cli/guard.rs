//! The flags about TLS and proxies.

use std::path::PathBuf;

use clap::Args;
use ipnet::IpNet;

use super::{Kind, Value, of_kind};

/// See the module.
#[derive(Args, Clone, PartialEq, Eq, Default, Debug)]
pub struct GuardFlags {
    /// The certificate chain in PEM, the server's own first; with it only https and wss are served
    #[arg(long, value_name = "FILE")]
    pub tls_cert: Option<PathBuf>,
    /// Its key in PEM, not encrypted, which others may not read
    #[arg(long, value_name = "FILE")]
    pub tls_key: Option<PathBuf>,
    /// For trials: a certificate that the server makes for itself, once; clients are given its fingerprint (--pin)
    #[arg(long)]
    pub tls_self_signed: bool,
    /// Serve with a certificate that is not good by its dates; clients will refuse it
    #[arg(long)]
    pub tls_allow_expired: bool,
    /// Networks of proxies that are believed when they say for whom a request is: 10.0.0.0/8,127.0.0.1
    #[arg(long, value_name = "NETWORKS", value_parser = networks)]
    pub trusted_proxies: Option<Networks>,
    /// Accept a dangerous setting, such as to believe everybody who says to be a proxy
    #[arg(long)]
    pub i_know: bool,
}

/// Some networks. A type of its own, so that a flag with it is one flag and not a flag that is given often.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Networks(pub Vec<IpNet>);

impl GuardFlags {
    /// These, and where they say nothing, those.
    pub(super) fn over(self, other: GuardFlags) -> GuardFlags {
        GuardFlags {
            tls_cert: self.tls_cert.or(other.tls_cert),
            tls_key: self.tls_key.or(other.tls_key),
            tls_self_signed: self.tls_self_signed || other.tls_self_signed,
            tls_allow_expired: self.tls_allow_expired || other.tls_allow_expired,
            trusted_proxies: self.trusted_proxies.or(other.trusted_proxies),
            i_know: self.i_know || other.i_know,
        }
    }

    /// The settings that they set.
    pub(super) fn assignments(&self) -> Vec<(&'static str, Value)> {
        let switch = |on: bool| on.then_some(Value::Switch(true));
        let all = [
            ("tls.cert", self.tls_cert.clone().map(Value::Path)),
            ("tls.key", self.tls_key.clone().map(Value::Path)),
            ("tls.self_signed", switch(self.tls_self_signed)),
            ("tls.allow_expired", switch(self.tls_allow_expired)),
            (
                "trusted_proxies",
                self.trusted_proxies.clone().map(|it| Value::Networks(it.0)),
            ),
            ("i_know", switch(self.i_know)),
        ];
        all.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
    }
}

fn networks(text: &str) -> Result<Networks, String> {
    match of_kind(Kind::Networks, text)? {
        Value::Networks(networks) => Ok(Networks(networks)),
        _ => Err(Kind::Networks.expected()),
    }
}
