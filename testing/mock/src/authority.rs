//! Certificates for tests, made anew each time and good for nothing else.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};

/// A certificate authority.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

/// A certificate and its key.
#[derive(Debug)]
pub struct Identity {
    /// The certificate, in PEM.
    pub certificate: String,
    /// The private key, in PEM.
    pub key: String,
    der: (CertificateDer<'static>, PrivateKeyDer<'static>),
}

impl Authority {
    /// Creates a certificate authority with a new key.
    ///
    /// # Panics
    ///
    /// If no key can be created.
    pub fn new() -> Self {
        Authority::named("requesty-mock test authority")
    }

    /// Creates an authority with this name and a key of its own. Clients cannot distinguish two authorities with the
    /// same name.
    ///
    /// # Panics
    ///
    /// If no key can be created.
    pub fn named(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        Authority { issuer: CertifiedIssuer::self_signed(params, key).expect("a certificate") }
    }

    /// Returns the authority's own certificate, in PEM.
    pub fn certificate(&self) -> String {
        self.issuer.pem()
    }

    /// Issues a certificate for a host name or an address. With `last_year` it has expired; otherwise it is valid for
    /// years.
    ///
    /// # Panics
    ///
    /// If the name is neither a host name nor an address.
    pub fn issue(&self, name: &str, last_year: bool) -> Identity {
        let mut params = CertificateParams::new([name.to_owned()]).expect("a name");
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
        params.not_after = rcgen::date_time_ymd(if last_year { 2021 } else { 4000 }, 1, 1);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        let der = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
        Identity { certificate: certificate.pem(), key: key.serialize_pem(), der: (certificate.der().clone(), der) }
    }

    /// Returns a TLS configuration of a server with this certificate. With `ask`, clients must present a certificate of
    /// this authority.
    ///
    /// # Panics
    ///
    /// Never, for an identity of this module.
    pub fn server(&self, identity: &Identity, ask: bool) -> ServerConfig {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider.clone());
        let builder = builder.with_safe_default_protocol_versions().expect("protocol versions");
        let builder = if ask {
            let mut roots = RootCertStore::empty();
            roots.add(self.issuer.der().clone()).expect("a root");
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
            builder.with_client_cert_verifier(verifier.expect("a verifier"))
        } else {
            builder.with_no_client_auth()
        };
        let (certificate, key) = &identity.der;
        builder.with_single_cert(vec![certificate.clone()], key.clone_key()).expect("a certificate with its key")
    }
}

impl Default for Authority {
    fn default() -> Self {
        Authority::new()
    }
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authority").finish_non_exhaustive()
    }
}
