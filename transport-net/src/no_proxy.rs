//! The hosts that are reached without a proxy.

use std::net::IpAddr;

/// A list in the form of `NO_PROXY`, separated by commas or spaces.
///
/// | entry | hosts |
/// |---|---|
/// | `*` | all hosts |
/// | `example.com`, `.example.com`, `*.example.com` | that host and its subdomains |
/// | `10.1.2.3`, `::1` | that address, if the URL has it |
/// | `10.0.0.0/8` | addresses in that network |
///
/// An entry with `:port` is for that port alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct NoProxy {
    entries: Vec<(Hosts, Option<u16>)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Hosts {
    All,
    Below(String),
    Network(IpAddr, u32),
}

impl NoProxy {
    pub(crate) fn parse(list: &str) -> Self {
        let entries = list.split([',', ' ', '\t']).map(str::trim).filter(|entry| !entry.is_empty());
        NoProxy { entries: entries.filter_map(entry).collect() }
    }

    /// Returns whether the host, without brackets, is reached without a proxy.
    pub(crate) fn covers(&self, host: &str, port: u16) -> bool {
        let address: Option<IpAddr> = host.parse().ok();
        let host = host.trim_end_matches('.');
        self.entries.iter().filter(|(_, only)| only.is_none_or(|only| only == port)).any(|(hosts, _)| match hosts {
            Hosts::All => true,
            Hosts::Below(name) => {
                let rest = host.len().checked_sub(name.len()).map(|at| (host.get(..at), host.get(at..)));
                let Some((Some(before), Some(end))) = rest else { return false };
                end.eq_ignore_ascii_case(name) && (before.is_empty() || before.ends_with('.'))
            }
            Hosts::Network(network, bits) => address.is_some_and(|address| within(address, *network, *bits)),
        })
    }
}

fn entry(text: &str) -> Option<(Hosts, Option<u16>)> {
    if text == "*" {
        return Some((Hosts::All, None));
    }
    if let Some(hosts) = network(text) {
        return Some((hosts, None));
    }
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) => (host, Some(port.parse().ok()?)),
        None => (text, None),
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let hosts = network(host).unwrap_or_else(|| {
        let name = host.strip_prefix('*').unwrap_or(host);
        Hosts::Below(name.trim_matches('.').to_owned())
    });
    (hosts != Hosts::Below(String::new())).then_some((hosts, port))
}

fn network(text: &str) -> Option<Hosts> {
    let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
    let address: IpAddr = address.trim_start_matches('[').trim_end_matches(']').parse().ok()?;
    let all = if address.is_ipv4() { 32 } else { 128 };
    let bits = bits.map_or(Some(all), |bits| bits.parse().ok().filter(|bits| *bits <= all))?;
    Some(Hosts::Network(address, bits))
}

fn within(address: IpAddr, network: IpAddr, bits: u32) -> bool {
    match (address, network) {
        (IpAddr::V4(address), IpAddr::V4(network)) => {
            let differ = address.to_bits() ^ network.to_bits();
            bits == 0 || differ >> (32 - bits) == 0
        }
        (IpAddr::V6(address), IpAddr::V6(network)) => {
            let differ = address.to_bits() ^ network.to_bits();
            bits == 0 || differ >> (128 - bits) == 0
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_cover_what_they_name() {
        let list =
            NoProxy::parse("example.com, .Internal,*.corp 10.0.0.0/8,192.168.1.7,::1,fd00::/8,only.port:8443,[::2]:90");
        for (host, port, covered) in [
            ("example.com", 443, true),
            ("api.EXAMPLE.com", 443, true),
            ("api.example.com.", 443, true),
            ("badexample.com", 443, false),
            ("example.com.evil", 443, false),
            ("a.b.internal", 80, true),
            ("corp", 443, true),
            ("x.corp", 443, true),
            ("10.255.0.1", 443, true),
            ("11.0.0.1", 443, false),
            ("192.168.1.7", 443, true),
            ("192.168.1.8", 443, false),
            ("::1", 443, true),
            ("fd12::9", 443, true),
            ("fe80::9", 443, false),
            ("only.port", 8443, true),
            ("only.port", 443, false),
            ("::2", 90, true),
            ("::2", 91, false),
        ] {
            assert_eq!(list.covers(host, port), covered, "{host}:{port}");
        }
        assert!(NoProxy::parse("*").covers("anything", 1));
        assert!(!NoProxy::parse(" , .,:80,x:y").covers("anything", 1));
        assert!(NoProxy::parse("0.0.0.0/0").covers("8.8.8.8", 1));
        assert!(!NoProxy::parse("10.0.0.0/33").covers("10.0.0.1", 1));
    }
}
