package smtpmail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
	"time"
)

// explain says in words what a connection's error means and what to do about it,
// "" for what the error says best itself.
func (c Config) explain(err error) string {
	at := fmt.Sprintf("%s:%d", c.Host, c.Port)
	if say := c.certificate(err); say != "" {
		return say
	}
	if _, plain := errors.AsType[tls.RecordHeaderError](err); plain {
		return fmt.Sprintf("%s does not begin with TLS: use starttls there (as on port 587), or port 465", at)
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok && dns.IsNotFound {
		return fmt.Sprintf("there is no host %s: look at the name", c.Host)
	}
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Sprintf("nobody listens at %s: look at host and port, and whether the server runs", at)
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded), errors.Is(err, net.ErrClosed), timedOut(err):
		return fmt.Sprintf("%s did not answer within %s: a firewall may be in the way, or the port begins with TLS (465) where we wait for a greeting (587), or the other way round", at, c.Timeout)
	}
	return ""
}

func timedOut(err error) bool {
	e, ok := errors.AsType[net.Error](err)
	return ok && e.Timeout()
}

// certificate says what is wrong with a server's certificate.
func (c Config) certificate(err error) string {
	if wrong, ok := errors.AsType[x509.HostnameError](err); ok {
		return fmt.Sprintf("the certificate is for %s, not for %s: use a name that stands in it", nameOf(wrong.Certificate.Subject.CommonName, wrong.Certificate.DNSNames), c.Host)
	}
	if wrong, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		by := "somebody"
		if wrong.Cert != nil && wrong.Cert.Issuer.CommonName != "" {
			by = wrong.Cert.Issuer.CommonName
		}
		return fmt.Sprintf("the certificate of %s is signed by %s, whom this machine does not trust: add that authority to the machine's, or SSL_CERT_FILE", c.Host, by)
	}
	if wrong, ok := errors.AsType[x509.CertificateInvalidError](err); ok {
		if wrong.Reason == x509.Expired && wrong.Cert != nil {
			return fmt.Sprintf("the certificate of %s is valid from %s to %s only: it needs a new one, or this machine's clock is wrong", c.Host, wrong.Cert.NotBefore.UTC().Format(time.DateOnly), wrong.Cert.NotAfter.UTC().Format(time.DateOnly))
		}
		return fmt.Sprintf("the certificate of %s is not good: %s", c.Host, wrong.Error())
	}
	if wrong, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return fmt.Sprintf("the certificate of %s is not good: %s", c.Host, wrong.Err)
	}
	return ""
}
