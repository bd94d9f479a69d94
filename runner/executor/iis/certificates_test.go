package iis

import (
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"slipway/pipelines/iisconf"
)

// shelf stands in for the stores of a machine: a folder for each store, a file
// for each certificate, which says "key" where it has its private key.
type shelf string

func (s shelf) put(t *testing.T, store, thumbprint, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(string(s), store), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(string(s), store, thumbprint), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (s shelf) Find(thumbprint string) (string, bool, error) {
	found, err := filepath.Glob(filepath.Join(string(s), "*", thumbprint))
	store := ""
	for _, path := range found {
		b, err := os.ReadFile(path)
		if err != nil {
			return "", false, err
		}
		if store = filepath.Base(filepath.Dir(path)); string(b) == "key" {
			return store, true, nil
		}
	}
	return store, false, err
}

// Import takes `thumbprint password` for a PFX.
func (s shelf) Import(pfx []byte, password string) (string, error) {
	thumbprint, wanted, ok := strings.Cut(string(pfx), " ")
	if !ok {
		return "", errors.New("no PFX")
	}
	if wanted != password {
		return "", ErrPassword
	}
	return strings.ToLower(thumbprint), os.WriteFile(filepath.Join(string(s), "My", thumbprint), []byte("key"), 0o600)
}

func (s shelf) Grant(string, string, string) error { return nil }

func TestStoreOf(t *testing.T) {
	t.Parallel()
	there := shelf(t.TempDir())
	there.put(t, "My", "AA", "key")
	there.put(t, "Root", "BB", "")
	there.put(t, "Root", "CC", "")
	there.put(t, "WebHosting", "CC", "key")
	for _, tt := range []struct{ thumbprint, store, message string }{
		{"AA", "My", ""}, {"CC", "WebHosting", ""}, {"BB", "", "without its private key"}, {"DD", "", "in no store"},
	} {
		store, err := StoreOf(there, tt.thumbprint)
		if store != tt.store || tt.message != "" && (err == nil || !strings.Contains(err.Error(), tt.message)) {
			t.Errorf("StoreOf(%s) = %q, %v; want %q, %q", tt.thumbprint, store, err, tt.store, tt.message)
		}
	}
}

func TestImportPFX(t *testing.T) {
	t.Parallel()
	pfx := base64.StdEncoding.EncodeToString([]byte("ABCD secret"))
	for _, tt := range []struct{ name, pfx, password, thumbprint, want, message string }{
		{"good", pfx, "secret", "abcd", "ABCD", ""},
		{"broken into lines", pfx[:4] + "\r\n " + pfx[4:] + "\n", "secret", "ABCD", "ABCD", ""},
		{"nobody said the thumbprint", pfx, "secret", "", "ABCD", ""},
		{"wrong password", pfx, "wrong", "ABCD", "", "does not open with Web.Password"},
		{"another certificate", pfx, "secret", "EEEE", "", "Web.Thumbprint is EEEE"},
		{"no base64", "%%%", "secret", "ABCD", "", "no base64"},
		{"empty", "", "secret", "ABCD", "", "no base64"},
		{"no PFX", "aGVsbG8=", "secret", "ABCD", "", "no PFX"},
		{"far too large", strings.Repeat("A", mostPFX+1), "", "", "", "KB"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			there := shelf(t.TempDir())
			there.put(t, "My", "other", "")
			got, err := ImportPFX(there, "Web", tt.pfx, tt.password, tt.thumbprint)
			if got != tt.want || (err != nil) != (tt.message != "") || err != nil && !strings.Contains(err.Error(), tt.message) {
				t.Errorf("ImportPFX = %q, %v; want %q, %q", got, err, tt.want, tt.message)
			}
			if err != nil && (strings.Contains(err.Error(), "secret") || tt.password == "wrong" && strings.Contains(err.Error(), "wrong ")) {
				t.Errorf("the error tells a password: %v", err)
			}
		})
	}
}

func TestAccounts(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ identity, user, want string }{
		{"", "", `IIS APPPOOL\Shop`}, {"ApplicationPoolIdentity", "", `IIS APPPOOL\Shop`}, {"LocalSystem", "", "S-1-5-18"},
		{"LocalService", "", "S-1-5-19"}, {"NetworkService", "", "S-1-5-20"}, {"SpecificUser", `CORP\web`, `CORP\web`}, {"SpecificUser", `.\web`, "web"},
	} {
		if got := Account(tt.identity, tt.user, "Shop"); got != tt.want {
			t.Errorf("Account(%s, %s) = %s, want %s", tt.identity, tt.user, got, tt.want)
		}
	}
}

func TestSettingsOfAnEntry(t *testing.T) {
	t.Parallel()
	const entry = "IP:port : 0.0.0.0:443\nHash : " + hash + "\nID : {4dc3e181-e14b-4a21-b022-59fc669b0914}\nStore : My\n"
	for text, want := range map[string]bool{
		"R : an\nC : aus\nU : an\nF : 0\nT : 0\nI : (null)\nS : (null)\nD : aus\nN : aus\n":      false,
		"R : on\nU : on\nF : 0\nT : 0\nI : (null)\nS : (null)\nD : off\nN : off\nReject : off\n": false,
		"R : on\nC : off\nU : on\nF : 0\nT : 0\nI : (null)\nS : (null)\nD : off\nN : on\n":       true, // asks for client certificates
		"R : off\nC : off\nU : on\nF : 0\nT : 0\nI : (null)\nS : (null)\nD : off\nN : off\n":     true,
		"R : off\nC : off\nU : off\nF : 0\nT : 0\nI : (null)\nS : (null)\nD : off\nN : off\n":    true,
		"R : on\nC : on\nU : on\nF : 0\nT : 0\nI : (null)\nS : (null)\nD : off\nN : off\n":       true,
		"R : on\nC : off\nU : on\nF : 30\nT : 0\nI : (null)\nS : (null)\nD : off\nN : off\n":     true,
		"R : on\nC : off\nU : on\nF : 0\nT : 0\nI : Trusted\nS : Root\nD : off\nN : off\n":       true,
		"something else\n": false, "": false, "R : on\nU : on\nF : 0\n": false,
	} {
		all, err := sslCertificates(entry+text, nil)
		if err != nil || len(all) != 1 || all[0].Custom != want {
			t.Errorf("%q: %+v, %v, want %t", text, all, err, want)
		}
	}
	m := newModelled(t)
	drop := iisconf.Certificate{Address: "0.0.0.0:443", Thumbprint: hash, Custom: true}
	if err := m.check([]iisconf.Action{{Verb: iisconf.DropCertificate, Certificate: drop}, {Verb: iisconf.BindCertificate, Certificate: drop}}, seen{}); err != nil || len(m.log) != 1 {
		t.Errorf("check = %v, log %q", err, m.log)
	}
}
