package iis

import (
	"crypto/sha1" // a certificate's name on Windows, no protection
	"errors"
	"fmt"
	"strings"
	"unsafe"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
)

// MachineCertificates are the certificates of this host.
func MachineCertificates() Certificates { return stores{} }

type stores struct{}

var (
	crypt32                           = windows.NewLazySystemDLL("crypt32.dll")
	certGetCertificateContextProperty = crypt32.NewProc("CertGetCertificateContextProperty")
)

const keyProviderInfo = 2 // CERT_KEY_PROV_INFO_PROP_ID

// Find looks through all stores, My first.
func (stores) Find(thumbprint string) (store string, hasKey bool, err error) {
	names, err := storeNames()
	if err != nil {
		return "", false, err
	}
	for _, name := range names {
		found, key, err := lookInto(name, thumbprint)
		switch {
		case err != nil:
			return "", false, fmt.Errorf("store %s: %w", name, err)
		case found && key:
			return name, true, nil
		case found && store == "":
			store = name
		}
	}
	return store, false, nil
}

func storeNames() ([]string, error) {
	key, err := registry.OpenKey(registry.LOCAL_MACHINE, `SOFTWARE\Microsoft\SystemCertificates`, registry.ENUMERATE_SUB_KEYS)
	if err != nil {
		return nil, err
	}
	defer key.Close()
	all, err := key.ReadSubKeyNames(-1)
	if err != nil {
		return nil, err
	}
	names := []string{"My"}
	for _, name := range all {
		if !strings.EqualFold(name, "My") {
			names = append(names, name)
		}
	}
	return names, nil
}

func openStore(name string, flags uint32) (windows.Handle, error) {
	p, err := windows.UTF16PtrFromString(name)
	if err != nil {
		return 0, err
	}
	return windows.CertOpenStore(windows.CERT_STORE_PROV_SYSTEM_W, 0, 0, windows.CERT_SYSTEM_STORE_LOCAL_MACHINE|flags, uintptr(unsafe.Pointer(p)))
}

func lookInto(name, thumbprint string) (found, hasKey bool, err error) {
	store, err := openStore(name, windows.CERT_STORE_READONLY_FLAG|windows.CERT_STORE_OPEN_EXISTING_FLAG)
	if err != nil {
		return false, false, err
	}
	defer windows.CertCloseStore(store, 0)
	err = eachIn(store, func(c *windows.CertContext) error {
		if strings.EqualFold(thumbprintOf(c), thumbprint) {
			found, hasKey = true, hasKey || carriesKey(c)
		}
		return nil
	})
	return found, hasKey, err
}

// eachIn calls f with every certificate of a store.
func eachIn(store windows.Handle, f func(*windows.CertContext) error) error {
	var c *windows.CertContext
	for {
		next, err := windows.CertEnumCertificatesInStore(store, c) // frees c
		if next == nil {
			if errors.Is(err, windows.Errno(windows.CRYPT_E_NOT_FOUND)) || errors.Is(err, windows.ERROR_NO_MORE_FILES) {
				return nil
			}
			return err
		}
		c = next
		if err := f(c); err != nil {
			windows.CertFreeCertificateContext(c)
			return err
		}
	}
}

func thumbprintOf(c *windows.CertContext) string {
	return fmt.Sprintf("%X", sha1.Sum(unsafe.Slice(c.EncodedCert, c.Length)))
}

func carriesKey(c *windows.CertContext) bool {
	var size uint32
	ok, _, _ := certGetCertificateContextProperty.Call(uintptr(unsafe.Pointer(c)), keyProviderInfo, 0, uintptr(unsafe.Pointer(&size)))
	return ok != 0
}

// Import puts the certificate of the key into My, and those it was signed with
// into CA; a root is trusted by a person and by nobody else.
func (stores) Import(pfx []byte, password string) (string, error) {
	secret, err := windows.UTF16PtrFromString(password)
	if err != nil {
		return "", err
	}
	blob := &windows.CryptDataBlob{Size: uint32(len(pfx)), Data: &pfx[0]}
	source, err := windows.PFXImportCertStore(blob, secret, windows.CRYPT_MACHINE_KEYSET|windows.PKCS12_ALLOW_OVERWRITE_KEY)
	if errors.Is(err, windows.ERROR_INVALID_PASSWORD) {
		return "", ErrPassword
	}
	if err != nil {
		return "", err
	}
	defer windows.CertCloseStore(source, 0)
	thumbprint := ""
	err = eachIn(source, func(c *windows.CertContext) error {
		switch {
		case carriesKey(c):
			thumbprint = thumbprintOf(c)
			return addTo("My", c, windows.CERT_STORE_ADD_REPLACE_EXISTING)
		case isRoot(c):
			return nil
		}
		return addTo("CA", c, windows.CERT_STORE_ADD_USE_EXISTING)
	})
	if err == nil && thumbprint == "" {
		err = errors.New("the PFX has no certificate with a private key")
	}
	return thumbprint, err
}

func isRoot(c *windows.CertContext) bool {
	issuer, subject := c.CertInfo.Issuer, c.CertInfo.Subject
	return string(unsafe.Slice(issuer.Data, issuer.Size)) == string(unsafe.Slice(subject.Data, subject.Size))
}

func addTo(name string, c *windows.CertContext, how uint32) error {
	store, err := openStore(name, 0)
	if err != nil {
		return fmt.Errorf("store %s: %w", name, err)
	}
	defer windows.CertCloseStore(store, 0)
	return windows.CertAddCertificateContextToStore(store, c, how, nil)
}

// Grant gives the account full control of the key.
func (stores) Grant(name, thumbprint, account string) error {
	sid, err := sidOf(account)
	if err != nil {
		return fmt.Errorf("account %s is unknown on this host: %w", account, err)
	}
	store, err := openStore(name, windows.CERT_STORE_READONLY_FLAG|windows.CERT_STORE_OPEN_EXISTING_FLAG)
	if err != nil {
		return err
	}
	defer windows.CertCloseStore(store, 0)
	granted := false
	err = eachIn(store, func(c *windows.CertContext) error {
		if granted || !strings.EqualFold(thumbprintOf(c), thumbprint) {
			return nil
		}
		path, err := keyFile(c)
		if err != nil {
			return err
		}
		granted = true
		return grantFile(path, sid)
	})
	if err == nil && !granted {
		err = fmt.Errorf("it is not in store %s", name)
	}
	return err
}

func sidOf(account string) (*windows.SID, error) {
	if strings.HasPrefix(account, "S-1-") {
		return windows.StringToSid(account)
	}
	sid, _, _, err := windows.LookupSID("", account)
	return sid, err
}
