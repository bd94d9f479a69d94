package iisconf

import (
	"fmt"
	"strconv"
	"strings"
)

// throwAway is the binding of a new site until it gets its own: nobody asks for
// this host, and it is not port 80, which IIS would take by itself.
var throwAway = Binding{Protocol: "http", Port: 81, Host: "od-temp.example.com"}

// Information is IIS's own word for a binding: address:port:host.
func (b Binding) Information() string {
	if b.Other != "" {
		return b.Other
	}
	return b.Address + ":" + strconv.Itoa(b.Port) + ":" + b.Host
}

// String is a binding as the log has it.
func (b Binding) String() string {
	text := b.Protocol + " " + b.Information()
	if b.SNI {
		text += " with SNI"
	}
	return text
}

// ParseBinding reads a binding that is there: its protocol, IIS's information
// and sslFlags. The information of another protocol than http is kept as it is.
func ParseBinding(protocol, information string, sslFlags int) (Binding, error) {
	b := Binding{Protocol: protocol, SNI: sslFlags&1 != 0, Flags: sslFlags &^ 1}
	if !isWeb(protocol) {
		b.Other = information
		return b, nil
	}
	// From the right: an IPv6 address has colons of its own.
	last := strings.LastIndexByte(information, ':')
	if last < 0 {
		return Binding{}, fmt.Errorf("binding %s %q is not address:port:host", protocol, information)
	}
	front, host := information[:last], information[last+1:]
	at := strings.LastIndexByte(front, ':')
	if at < 0 {
		return Binding{}, fmt.Errorf("binding %s %q is not address:port:host", protocol, information)
	}
	port, err := strconv.Atoi(front[at+1:])
	if err != nil || port < 0 || port > 65535 {
		return Binding{}, fmt.Errorf("binding %s %q has no port between its colons", protocol, information)
	}
	b.Address, b.Port, b.Host = front[:at], port, host
	return b, nil
}

func isWeb(protocol string) bool {
	return strings.EqualFold(protocol, "http") || strings.EqualFold(protocol, "https")
}

func (b Binding) isHTTPS() bool { return strings.EqualFold(b.Protocol, "https") }

// key is what makes two bindings the same one for IIS: a site, or two sites at
// once, cannot have it twice.
func (b Binding) key() string {
	if b.Other != "" {
		return strings.ToLower(b.Protocol + " " + b.Other)
	}
	return strings.ToLower(b.Protocol + " " + b.place() + ":" + b.Host)
}

// place is where a binding listens.
func (b Binding) place() string {
	return strings.ToLower(address(b.Address)) + ":" + strconv.Itoa(b.Port)
}

// flagged is the key with sslFlags: a binding with other flags is not as wanted.
func (b Binding) flagged() string { return fmt.Sprint(b.key(), " ", b.SNI, " ", b.Flags) }

// address is how IIS writes an address.
func address(text string) string {
	switch {
	case text == "":
		return "*"
	case strings.Contains(text, ":") && !strings.HasPrefix(text, "["):
		return "[" + text + "]"
	}
	return text
}

// bindings are all that a site is to have, and whether that is another set than
// it has. Merging keeps what nobody asked for.
func bindings(w *Site, there []Binding) (all []Binding, differ bool) {
	all = append(all, w.Bindings...)
	if w.MergeBindings {
		for _, b := range there {
			if b.key() != throwAway.key() && !has(w.Bindings, b.key()) {
				all = append(all, b)
			}
		}
	}
	if len(all) != len(there) {
		return all, true
	}
	set := map[string]bool{}
	for _, b := range there {
		set[b.flagged()] = true
	}
	for _, b := range all {
		if !set[b.flagged()] {
			return all, true
		}
	}
	return all, false
}

func has(list []Binding, key string) bool {
	for _, b := range list {
		if b.key() == key {
			return true
		}
	}
	return false
}
