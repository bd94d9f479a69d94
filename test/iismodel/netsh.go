package iismodel

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Netsh is one call of netsh.exe. Its options have the form tag=value.
func (m *Machine) Netsh(args []string) Result {
	return m.call("netsh", args, func() (outcome, error) {
		if len(args) < 3 || !equal(args[0], "http") || !equal(args[2], "sslcert") {
			return outcome{}, refuse("netsh %q", args)
		}
		tags := map[string]string{}
		for _, arg := range args[3:] {
			tag, value, ok := strings.Cut(arg, "=")
			tag = strings.ToLower(tag)
			if _, twice := tags[tag]; !ok || twice || strings.Contains(value, `"`) {
				return outcome{}, refuse("the argument %q of netsh", arg)
			}
			tags[tag] = value
		}
		switch strings.ToLower(args[1]) {
		case "show":
			return m.showCertificates(tags)
		case "add":
			return m.addCertificate(tags)
		case "delete":
			return m.deleteCertificate(tags)
		}
		return outcome{}, refuse("netsh http %s", args[1])
	})
}

// place takes where a certificate is for: an address or a host name.
func place(tags map[string]string) (tag, address string, err error) {
	for _, t := range []string{"ipport", "hostnameport"} {
		if v, ok := tags[t]; ok {
			if tag != "" {
				return "", "", refuse("both ipport and hostnameport")
			}
			tag, address = t, v
			delete(tags, t)
		}
	}
	if tag == "" {
		return "", "", nil
	}
	host, port, ok := cutLast(address)
	if !ok || host == "" || strings.ContainsAny(host, "*/ ") && tag == "ipport" {
		return "", "", refuse("the address %q", address)
	}
	return tag, address, checkPort(port)
}

func cutLast(s string) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

var hash = regexp.MustCompile(`^[0-9A-Fa-f]{40}$`)
var guid = regexp.MustCompile(`^\{[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}$`)

func (m *Machine) addCertificate(tags map[string]string) (outcome, error) {
	m.follow("sslcert.add")
	tag, address, err := place(tags)
	if err != nil {
		return outcome{}, err
	}
	e := &certificate{tag: tag, address: address, hash: tags["certhash"], appID: tags["appid"], store: tags["certstorename"]}
	for t := range tags {
		if t != "certhash" && t != "appid" && t != "certstorename" {
			return outcome{}, refuse("%s= of netsh http add sslcert", t)
		}
	}
	if tag == "" || e.appID == "" {
		return outcome{}, refuse("netsh http add sslcert without address or appid")
	}
	if !hash.MatchString(e.hash) || !guid.MatchString(e.appID) {
		m.follow("sslcert.parameter")
		return outcome{out: "\r\n" + m.says("The parameter is incorrect.", "Falscher Parameter.") + "\r\n\r\n", exit: 1}, nil
	}
	if tag == "hostnameport" && e.store == "" {
		m.follow("sslcert.store")
		return outcome{out: "\r\n" + m.says("The parameter is incorrect.", "Falscher Parameter.") + "\r\n\r\n", exit: 1}, nil
	}
	if m.certificate(tag, address) != nil {
		m.follow("sslcert.taken")
		return m.netshFailed("add", 183), nil
	}
	if !m.usable(e) {
		m.follow("sslcert.no-key")
		return m.netshFailed("add", 1312), nil
	}
	next := m.config.clone()
	next.certificates = append(next.certificates, e)
	return outcome{out: "\r\n" + m.says("SSL Certificate successfully added", "Das SSL-Zertifikat wurde erfolgreich hinzugefügt.") + "\r\n\r\n", next: &next}, nil
}

// usable says whether the certificate is in the store, with its private key.
// Without a name the store is MY.
func (m *Machine) usable(e *certificate) bool {
	store := e.store
	if store == "" {
		store = "My"
	}
	return slices.ContainsFunc(m.keys, func(k Key) bool {
		return equal(k.Store, store) && equal(k.Thumbprint, e.hash) && !k.NoPrivateKey
	})
}

func (c *config) certificate(tag, address string) *certificate {
	for _, e := range c.certificates {
		if e.tag == tag && equal(e.address, address) {
			return e
		}
	}
	return nil
}

func (m *Machine) deleteCertificate(tags map[string]string) (outcome, error) {
	m.follow("sslcert.delete")
	tag, address, err := place(tags)
	if err != nil {
		return outcome{}, err
	}
	if tag == "" || len(tags) > 0 {
		return outcome{}, refuse("netsh http delete sslcert %v", tags)
	}
	e := m.certificate(tag, address)
	if e == nil {
		m.follow("sslcert.missing")
		return m.netshFailed("deletion", 2), nil
	}
	next := m.config.clone()
	next.certificates = slices.DeleteFunc(next.certificates, func(x *certificate) bool { return x.tag == e.tag && x.address == e.address })
	return outcome{out: "\r\n" + m.says("SSL Certificate successfully deleted", "Das SSL-Zertifikat wurde erfolgreich gelöscht.") + "\r\n\r\n", next: &next}, nil
}

func (m *Machine) says(english, german string) string {
	if m.language == "de" {
		m.follow("sslcert.language")
		return german
	}
	return english
}

// systemWords are those of Windows for an error code.
var systemWords = map[int][2]string{
	2:    {"The system cannot find the file specified.", "Das System kann die angegebene Datei nicht finden."},
	5:    {"Access is denied.", "Zugriff verweigert"},
	32:   {"The process cannot access the file because it is being used by another process.", "Der Prozess kann nicht auf die Datei zugreifen, da sie von einem anderen Prozess verwendet wird."},
	183:  {"Cannot create a file when that file already exists.", "Eine Datei kann nicht erstellt werden, wenn sie bereits vorhanden ist."},
	1312: {"A specified logon session does not exist. It may already have been terminated.", "Eine angegebene Anmeldesitzung ist nicht vorhanden. Sie wurde gegebenenfalls bereits beendet."},
}

// netshFailed is how netsh says that a change failed: always exit code 1.
func (m *Machine) netshFailed(what string, code int) outcome {
	m.follow("netsh.exit")
	w := systemWords[code]
	head := fmt.Sprintf(m.says("SSL Certificate %s failed, Error: %d", "Fehler bei SSL-Zertifikat (%s): %d"), what, code)
	return outcome{out: "\r\n" + head + "\r\n" + m.says(w[0], w[1]) + "\r\n\r\n", exit: 1}
}
