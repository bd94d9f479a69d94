package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"slipway/pipelines"
)

// account is what `login` keeps: where, and the key.
type account struct {
	URL   string `json:"url"`
	Key   string `json:"key"`
	KeyID string `json:"keyId,omitempty"` // of a key made by login, which logout takes back
}

// server is the server that this command line is about, as who we are there. A
// kept key goes to the server it was made for and to no other.
func (p *program) server() (*client, error) {
	kept, err := p.account()
	if err != nil {
		return nil, err
	}
	base, key := p.url, ""
	if base == "" {
		base, _ = p.env("SLIPWAY_URL")
	}
	if base == "" {
		base = kept.URL
	}
	if base == "" {
		return nil, pipelines.Refuse(pipelines.Invalid, "no server is known here: `slipway login URL` first, or set SLIPWAY_URL and SLIPWAY_API_KEY")
	}
	if base, err = address(base); err != nil {
		return nil, err
	}
	if base == kept.URL {
		key = kept.Key
	}
	if given, ok := p.env("SLIPWAY_API_KEY"); ok && given != "" {
		key = given
	}
	return p.newClient(base, key), nil
}

// address checks a server's address and takes the slash from its end.
func address(text string) (string, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return "", pipelines.Refuse(pipelines.Invalid, "a server's address is like http://127.0.0.1:8480 or https://deploy.example.org/slipway; got %q", text)
	}
	for len(u.Path) > 0 && u.Path[len(u.Path)-1] == '/' {
		u.Path = u.Path[:len(u.Path)-1]
	}
	return u.String(), nil
}

// accountFile is where login keeps the account.
func (p *program) accountFile() (string, error) {
	for _, place := range []struct{ variable, below string }{{"XDG_CONFIG_HOME", ""}, {"HOME", ".config"}, {"APPDATA", ""}} {
		if dir, _ := p.env(place.variable); filepath.IsAbs(dir) {
			return filepath.Join(dir, place.below, "slipway", "login.json"), nil
		}
	}
	return "", pipelines.Refuse(pipelines.Invalid, "there is no place for the login: set HOME, or XDG_CONFIG_HOME")
}

// account is the kept account, or the empty one.
func (p *program) account() (account, error) {
	var a account
	file, err := p.accountFile()
	if err != nil {
		return a, nil // nothing can have been kept
	}
	b, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return a, nil
	}
	if err != nil {
		return a, err
	}
	if err := json.Unmarshal(b, &a); err != nil {
		return a, fmt.Errorf("%s cannot be read (%w): remove it and log in again", file, err)
	}
	return a, nil
}

// keep writes the account so that only its owner can read it, and whole or not
// at all.
func (p *program) keep(a account) (string, error) {
	file, err := p.accountFile()
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return "", err
	}
	b, err := json.MarshalIndent(a, "", "  ")
	if err != nil {
		return "", err
	}
	return file, replaceFile(file, append(b, '\n'))
}

// replaceFile makes a file of mode 0600 appear complete.
func replaceFile(file string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(file), ".new-*") // made with mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(content)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}
