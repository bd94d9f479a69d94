package iis

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// Certificates are those of this machine, in the stores of LocalMachine.
type Certificates interface {
	// Find says in which store a certificate lies, one with its private key
	// first. An empty store means that it lies in none.
	Find(thumbprint string) (store string, hasKey bool, err error)
	// Import puts a PFX into the store My and says its thumbprint. A wrong
	// password is ErrPassword.
	Import(pfx []byte, password string) (thumbprint string, err error)
	// Grant gives an account full control of a certificate's private key.
	Grant(store, thumbprint, account string) error
}

// ErrPassword says that a PFX does not open with its password.
var ErrPassword = errors.New("the password is wrong")

// mostPFX is far more than a certificate with all above it takes.
const mostPFX = 4 << 20

// StoreOf is the store of a certificate that IIS can use: one with its private
// key.
func StoreOf(there Certificates, thumbprint string) (string, error) {
	store, hasKey, err := there.Find(thumbprint)
	switch {
	case err != nil:
		return "", fmt.Errorf("looking for certificate %s: %w", thumbprint, err)
	case store == "":
		return "", fmt.Errorf("certificate %s is in no store of LocalMachine on this host: import it there with its private key, or give the step a certificate variable", thumbprint)
	case !hasKey:
		return "", fmt.Errorf("certificate %s is in store %s of LocalMachine without its private key, and IIS cannot answer with it: import the PFX, not the .cer", thumbprint, store)
	}
	return store, nil
}

// ImportPFX brings a certificate variable's PFX into the machine's store My.
// name is the variable, thumbprint what it should turn out to be, "" if nobody
// has said so.
func ImportPFX(there Certificates, name, text, password, thumbprint string) (string, error) {
	if len(text) > mostPFX {
		return "", fmt.Errorf("certificate variable %s: its Pfx has %d KB, and no certificate is larger than %d", name, len(text)>>10, mostPFX>>10)
	}
	pfx, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil || len(pfx) == 0 {
		return "", fmt.Errorf("certificate variable %[1]s: %[1]s.Pfx is no base64 text of a PFX file", name)
	}
	imported, err := there.Import(pfx, password)
	switch {
	case errors.Is(err, ErrPassword):
		return "", fmt.Errorf("certificate variable %[1]s: its PFX does not open with %[1]s.Password", name)
	case err != nil:
		return "", fmt.Errorf("certificate variable %s cannot be imported: %w", name, err)
	case thumbprint != "" && !strings.EqualFold(imported, thumbprint):
		return "", fmt.Errorf("certificate variable %[1]s: %[1]s.Thumbprint is %[2]s, but the certificate in its PFX has %[3]s", name, thumbprint, imported)
	}
	return strings.ToUpper(imported), nil
}

// Account is the name or the SID under which Windows knows a pool's identity;
// the names of its own accounts are translated there, their SIDs are not.
func Account(identity, user, pool string) string {
	switch identity {
	case "LocalSystem":
		return "S-1-5-18"
	case "LocalService":
		return "S-1-5-19"
	case "NetworkService":
		return "S-1-5-20"
	case specificUser:
		return strings.TrimPrefix(user, `.\`)
	}
	return `IIS APPPOOL\` + pool
}
