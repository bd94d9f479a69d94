package iismodel

import (
	"fmt"
	"strings"
)

// labels are those of `show sslcert`, in their order.
var labels = map[string][]string{
	"en": {"IP:port", "Hostname:port", "Certificate Hash", "Application ID", "Certificate Store Name", "Verify Client Certificate Revocation", "Verify Revocation Using Cached Client Certificate Only", "Usage Check", "Revocation Freshness Time", "URL Retrieval Timeout", "Ctl Identifier", "Ctl Store Name", "DS Mapper Usage", "Negotiate Client Certificate"},
	"de": {"IP:Port", "Hostname:Port", "Zertifikathash", "Anwendungs-ID", "Zertifikatspeichername", "Clientzertifikatsperrung überprüfen", "Sperrung nur mit zwischengespeichertem Clientzertifikat überprüfen", "Verwendungsüberprüfung", "Sperrungsaktualisierungszeit", "URL-Abrufzeitlimit", "Ctl-ID", "Ctl-Speichername", "DS-Zuordnungsverwendung", "Clientzertifikat aushandeln"},
}

func (m *Machine) showCertificates(tags map[string]string) (outcome, error) {
	m.follow("sslcert.show")
	tag, address, err := place(tags)
	if err != nil {
		return outcome{}, err
	}
	if len(tags) > 0 {
		return outcome{}, refuse("netsh http show sslcert %v", tags)
	}
	var b strings.Builder
	head := m.says("SSL Certificate bindings:", "SSL-Zertifikatbindungen:")
	b.WriteString("\r\n" + head + " \r\n" + strings.Repeat("-", 25) + " \r\n\r\n")
	count := 0
	for _, e := range m.certificates {
		if tag != "" && (e.tag != tag || !equal(e.address, address)) {
			continue
		}
		count++
		m.entry(&b, e)
	}
	if tag != "" && count == 0 {
		m.follow("sslcert.missing", "netsh.exit")
		return outcome{out: b.String() + m.says(systemWords[2][0], systemWords[2][1]) + "\r\n\r\n", exit: 1}, nil
	}
	return outcome{out: b.String()}, nil
}

// entry prints one certificate as `show sslcert` does, with the store as it was
// named when it was added.
func (m *Machine) entry(b *strings.Builder, e *certificate) {
	l := labels[m.language]
	on, off := m.says("Enabled", "Aktiviert"), m.says("Disabled", "Deaktiviert")
	where := l[0]
	if e.tag == "hostnameport" {
		where = l[1]
	}
	store := e.store
	if store == "" {
		m.follow("sslcert.null")
		store = "(null)"
	}
	for _, line := range [][2]string{
		{where, e.address}, {l[2], strings.ToLower(e.hash)}, {l[3], strings.ToLower(e.appID)}, {l[4], store}, {l[5], on}, {l[6], off}, {l[7], on},
		{l[8], "0"}, {l[9], "0"}, {l[10], "(null)"}, {l[11], "(null)"}, {l[12], off}, {l[13], off},
	} {
		fmt.Fprintf(b, "    %-28s : %s\r\n", line[0], line[1])
	}
	b.WriteString("\r\n")
}
