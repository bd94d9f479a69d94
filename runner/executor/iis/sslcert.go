package iis

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"strings"

	"slipway/pipelines/iisconf"
)

// netsh prints in the language of Windows, so its labels say nothing here. What
// it prints of an entry has the same shape everywhere: a line that ends with an
// address and a port, one that ends with the certificate's hash, one that ends
// with an id in braces, one that ends with the name of a store.
var (
	endsWithPort = regexp.MustCompile(`(?:^|\s)(\S+:\d{1,5})$`)
	endsWithHash = regexp.MustCompile(`:\s*([0-9A-Fa-f]{40}|[0-9A-Fa-f]{64})$`)
	endsWithID   = regexp.MustCompile(`(\{[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\})$`)
	number       = regexp.MustCompile(`^[0-9]+$`)
	underlined   = regexp.MustCompile(`(?m)^\s*-{5,}\s*$`)
)

// What is kept of a listing at most. The longest thing in a line is the name of
// a host.
const (
	mostEntries = 100_000
	mostLine    = 1024
)

// sslCertificates reads `netsh http show sslcert`. An entry without a hash
// belongs to the central store of certificates and is none of a single
// certificate.
func sslCertificates(out string, err error) ([]iisconf.Certificate, error) {
	// netsh ends with 1 where there is no entry, under the heading that it
	// prints in any case.
	if err != nil && (exitCode(err) != 1 || !underlined.MatchString(out)) {
		return nil, withWords(err, out)
	}
	var lines []string
	for line := range strings.Lines(out) {
		if line = strings.TrimSpace(line); line != "" && len(line) <= mostLine {
			lines = append(lines, line)
		}
	}
	var all []iisconf.Certificate
	for i, line := range lines {
		hash := endsWithHash.FindStringSubmatch(line)
		if hash == nil || i == 0 {
			continue
		}
		address := endsWithPort.FindStringSubmatch(lines[i-1])
		if address == nil {
			continue
		}
		c := iisconf.Certificate{Address: address[1], Thumbprint: strings.ToUpper(hash[1]), ByHost: !isAddress(address[1])}
		if i+1 < len(lines) {
			if id := endsWithID.FindStringSubmatch(lines[i+1]); id != nil {
				c.AppID = id[1]
				if i+2 < len(lines) {
					c.Store = lastValue(lines[i+2])
					c.Custom = customized(lines[i+3:])
				}
			}
		}
		if all = append(all, c); len(all) > mostEntries {
			return nil, fmt.Errorf("there are more than %d of them", mostEntries)
		}
	}
	if err != nil && len(all) > 0 {
		return nil, errors.New("netsh failed in the middle of its list: " + err.Error())
	}
	return all, nil
}

// customized says whether an entry has other settings than a new one would. Its
// lines are switches, two numbers, two names and two switches again. Words for on
// and off are Windows's own, but in a new entry the first and the last switch in
// front are on and the others off, so words that are to be the same can be
// compared. Lines of another shape say nothing.
func customized(lines []string) bool {
	at := 0 // of the two numbers
	for at < len(lines) && at < 4 && !number.MatchString(lastValue(lines[at])) {
		at++
	}
	if at < 2 || at > 3 || len(lines) < at+6 || !number.MatchString(lastValue(lines[at+1])) {
		return false
	}
	value := func(i int) string { return strings.ToLower(lastValue(lines[i])) }
	on, off := value(0), value(at+4)
	switch {
	case value(at) != "0" || value(at+1) != "0", value(at+2) != "" || value(at+3) != "":
		return true
	case value(at-1) != on, value(at+5) != off, on == off:
		return true
	}
	return at == 3 && value(1) != off
}

// isAddress says whether an entry is for an IP address: then it is for all host
// names on it.
func isAddress(text string) bool {
	_, err := netip.ParseAddrPort(text)
	return err == nil
}

// lastValue is what stands behind the last colon of a line. "(null)" is how
// netsh prints that an entry names no store.
func lastValue(line string) string {
	_, value, ok := cutLast(line, ":")
	value = strings.TrimSpace(value)
	if !ok || value == "(null)" {
		return ""
	}
	return value
}

func cutLast(s, at string) (before, after string, ok bool) {
	if i := strings.LastIndex(s, at); i >= 0 {
		return s[:i], s[i+len(at):], true
	}
	return s, "", false
}
