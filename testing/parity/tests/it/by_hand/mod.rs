//! Against programs that are started by hand, or take long to install: `testing/servers/README.md` says how. Ignored.

mod gateways;
mod squid;
