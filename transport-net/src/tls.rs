//! The trusted certificates, and the client certificate.

use std::fmt;
use std::sync::Arc;

use requesty_core::BuildError;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{AlertDescription, CertificateError, ClientConfig, Error, RootCertStore};

/// The trusted certificates, and the client certificate.
///
/// By default the platform's roots and Mozilla's roots, which are part of the program, are trusted together. So
/// certificates that an administrator added count, and a container without any certificates works too. On Unix,
/// `SSL_CERT_FILE` and `SSL_CERT_DIR` replace the platform's roots if they are set.
///
/// The cryptography is *ring*, unless another [provider](Self::with_provider) is set. The default provider of the
/// process belongs to the application; it is neither read nor set.
///
/// # Examples
///
/// ```no_run
/// use requesty_net::Tls;
///
/// let tls = Tls::new()
///     .add_root_certificate(&std::fs::read("/etc/company/root.pem")?)?
///     .with_client_certificate(&std::fs::read("client.pem")?, &std::fs::read("client.key")?)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[doc(alias("certificate", "ca", "mtls"))]
pub struct Tls {
    own: Option<Arc<ClientConfig>>,
    provider: Option<Arc<CryptoProvider>>,
    platform: bool,
    bundled: bool,
    added: Vec<CertificateDer<'static>>,
    client: Option<Arc<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>>,
}

impl Tls {
    /// Creates the default options.
    pub fn new() -> Self {
        Tls { own: None, provider: None, platform: true, bundled: true, added: Vec::new(), client: None }
    }

    /// Uses a configuration of the caller as it is, except for its application protocols, which the client sets.
    pub fn from_config(config: impl Into<Arc<ClientConfig>>) -> Self {
        Tls { own: Some(config.into()), ..Tls::new() }
    }

    /// Also trusts these root certificates: one or more in PEM, or one in DER.
    ///
    /// # Errors
    /// [`BuildError`] if there is no certificate, or if one cannot be read.
    pub fn add_root_certificate(mut self, certificate: &[u8]) -> Result<Self, BuildError> {
        let certificates = certificates(certificate, "a root certificate")?;
        // Checked now, so that a mistake is not found at the first call.
        let mut store = RootCertStore::empty();
        for certificate in &certificates {
            let unreadable = |error| BuildError::new(format!("a root certificate cannot be used: {error}"));
            store.add(certificate.clone()).map_err(unreadable)?;
        }
        self.added.extend(certificates);
        Ok(self)
    }

    /// Sets the client certificate, for servers that ask for one: the chain in PEM, with the client's own certificate
    /// first, and its private key in PEM.
    ///
    /// # Errors
    /// [`BuildError`] if one of them cannot be read, or if the key does not belong to the certificate.
    pub fn with_client_certificate(mut self, chain: &[u8], key: &[u8]) -> Result<Self, BuildError> {
        let chain = certificates(chain, "the client certificate")?;
        let key = PrivateKeyDer::from_pem_slice(key)
            .map_err(|_| BuildError::new("there is no private key in PEM for the client certificate"))?;
        self.client = Some(Arc::new((chain, key)));
        self.config(RootCertStore::empty())?;
        Ok(self)
    }

    /// Uses another cryptography provider than *ring*.
    #[must_use]
    pub fn with_provider(self, provider: Arc<CryptoProvider>) -> Self {
        Tls { provider: Some(provider), ..self }
    }

    /// Does not trust the roots of the platform.
    #[must_use]
    pub fn without_platform_roots(self) -> Self {
        Tls { platform: false, ..self }
    }

    /// Does not trust Mozilla's roots unless the platform does.
    #[must_use]
    pub fn without_bundled_roots(self) -> Self {
        Tls { bundled: false, ..self }
    }

    /// Creates the configuration of rustls, for connections with one of these application protocols. It reads the
    /// platform's roots, which takes milliseconds, so once per client is enough.
    ///
    /// # Errors
    /// [`BuildError`] if no certificate is trusted, or if the provider lacks an algorithm that TLS 1.2 and 1.3 need.
    pub fn client_config(&self, protocols: &[&[u8]]) -> Result<Arc<ClientConfig>, BuildError> {
        let mut config = match &self.own {
            Some(own) => ClientConfig::clone(own),
            None => self.config(self.roots()?)?,
        };
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
        Ok(Arc::new(config))
    }

    fn roots(&self) -> Result<RootCertStore, BuildError> {
        let mut store = RootCertStore::empty();
        if self.bundled {
            store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        }
        if self.platform {
            // If the store cannot be read, or one certificate is invalid, the others are trusted nevertheless.
            store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
        store.add_parsable_certificates(self.added.iter().cloned());
        if store.is_empty() {
            return Err(BuildError::new(
                "there is no root certificate to trust: add one with Tls::add_root_certificate",
            ));
        }
        Ok(store)
    }

    fn config(&self, roots: RootCertStore) -> Result<ClientConfig, BuildError> {
        let provider = self.provider.clone().unwrap_or_else(|| Arc::new(ring::default_provider()));
        let refused = |what: &'static str| move |error| BuildError::new(format!("{what} cannot be used: {error}"));
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(refused("the cryptography provider"))?
            .with_root_certificates(roots);
        let Some(client) = &self.client else { return Ok(builder.with_no_client_auth()) };
        let (chain, key) = &**client;
        builder.with_client_auth_cert(chain.clone(), key.clone_key()).map_err(refused("the client certificate"))
    }
}

impl Default for Tls {
    fn default() -> Self {
        Tls::new()
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("Tls");
        f.field("own", &self.own.is_some()).field("platform", &self.platform).field("bundled", &self.bundled);
        f.field("added", &self.added.len()).field("client", &self.client.is_some()).finish_non_exhaustive()
    }
}

fn certificates(bytes: &[u8], what: &str) -> Result<Vec<CertificateDer<'static>>, BuildError> {
    let none = || BuildError::new(format!("{what} cannot be read: it is neither PEM nor DER"));
    // DER begins with a sequence; PEM is text.
    if bytes.first() == Some(&0x30) {
        return Ok(vec![CertificateDer::from(bytes.to_vec())]);
    }
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(bytes).collect();
    certificates.ok().filter(|certificates| !certificates.is_empty()).ok_or_else(none)
}

/// A TLS error, with the option that may solve it.
///
/// It is the source of an [`Error::Transport`](requesty_core::Error::Transport) in the phase
/// [`Tls`](requesty_core::error::Phase::Tls).
#[derive(Clone, Debug)]
pub struct TlsError {
    error: Error,
}

impl TlsError {
    /// Finds a TLS error inside an I/O error, whose `source` does not return it.
    pub fn find(error: &std::io::Error) -> Option<Self> {
        let inner = error.get_ref()?;
        match inner.downcast_ref::<Error>() {
            Some(error) => Some(TlsError { error: error.clone() }),
            None => inner.downcast_ref().and_then(TlsError::find),
        }
    }

    /// Returns the error of rustls.
    pub fn error(&self) -> &Error {
        &self.error
    }

    fn advice(&self) -> Option<&'static str> {
        Some(match &self.error {
            Error::InvalidCertificate(CertificateError::UnknownIssuer) => {
                "no trusted root speaks for it; one of your own can be added with Tls::add_root_certificate"
            }
            Error::InvalidCertificate(CertificateError::BadSignature) => {
                "a trusted root has its issuer's name but did not sign it; one of your own can be added with \
                 Tls::add_root_certificate"
            }
            Error::InvalidCertificate(CertificateError::Expired | CertificateError::ExpiredContext { .. }) => {
                "the server must renew it, or this machine's clock is wrong"
            }
            Error::InvalidCertificate(CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. }) => {
                "this machine's clock may be wrong"
            }
            Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            ) => "it is another host's: check the base URL",
            Error::AlertReceived(
                AlertDescription::CertificateRequired
                | AlertDescription::BadCertificate
                | AlertDescription::CertificateUnknown
                | AlertDescription::UnknownCA,
            ) => "the server wants a certificate that it trusts; set it with Tls::with_client_certificate",
            Error::InvalidMessage(_) => "the other side may not speak TLS: check the scheme and port of the base URL",
            _ => return None,
        })
    }
}

impl From<Error> for TlsError {
    fn from(error: Error) -> Self {
        TlsError { error }
    }
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)?;
        self.advice().map_or(Ok(()), |advice| write!(f, "; {advice}"))
    }
}

impl std::error::Error for TlsError {}
