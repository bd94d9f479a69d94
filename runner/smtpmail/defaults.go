package smtpmail

import (
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"
)

// At reads a server as people write it, HOST or HOST:PORT, with brackets around
// an IPv6 address that has a port. The port is 0 where none is said. Whether the
// host is one shows when it is asked.
func At(text string) (host string, port int, err error) {
	text = strings.TrimSpace(text)
	odd := fmt.Errorf("the mail server is HOST or HOST:PORT, like smtp.example.org or smtp.example.org:587, without ://; got %q", text)
	if text == "" || strings.Contains(text, "://") {
		return "", 0, odd
	}
	if inner, ok := strings.CutPrefix(text, "["); ok && strings.HasSuffix(text, "]") {
		text = strings.TrimSuffix(inner, "]")
	}
	if net.ParseIP(text) != nil || !strings.Contains(text, ":") {
		return text, 0, nil
	}
	host, digits, err := net.SplitHostPort(text)
	if err != nil || host == "" {
		return "", 0, odd
	}
	if port, err = strconv.Atoi(digits); err != nil || port < 1 || port > 65535 {
		return "", 0, odd
	}
	return host, port, nil
}

// Filled fills in what was left open, by one rule for whoever sets a mail server:
// port 465 is TLS, a server on this machine is plain, all others are STARTTLS; and
// the port is 465 for TLS, 25 for plain, 587 for STARTTLS.
func (c Config) Filled() Config {
	if c.Security == ByPort {
		c.Security = byPort(c.Host, c.Port)
	}
	if c.Port == 0 {
		c.Port = usualPort(c.Security)
	}
	if c.Hello == "" {
		c.Hello = "localhost"
	}
	if c.Timeout <= 0 {
		c.Timeout = 30 * time.Second
	}
	return c
}

func usualPort(how Security) int {
	switch how {
	case TLS:
		return 465
	case Plain:
		return 25
	}
	return 587
}

func byPort(host string, port int) Security {
	switch {
	case port == 465:
		return TLS
	case ThisMachine(host):
		return Plain
	}
	return StartTLS
}

// ThisMachine says whether a host is the machine we run on.
func ThisMachine(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
