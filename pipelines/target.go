package pipelines

import (
	"net/url"
	"slices"
	"strings"
)

// Target is one machine we deploy to.
type Target struct {
	ID           string   `json:"id,omitempty" text:"-"`
	Owner        string   `json:"owner,omitempty" text:"-"`
	Name         string   `json:"name"`
	Environments []string `json:"environments"`
	Roles        []string `json:"roles"`
	Disabled     bool     `json:"disabled,omitempty"`

	// Exactly one of these says how to reach it.
	SSH     *SSHAddress `json:"ssh,omitempty"`
	SSM     *SSMAddress `json:"ssm,omitempty"`
	Local   string      `json:"local,omitempty"`   // a folder of this machine, for trying things out
	Pretend string      `json:"pretend,omitempty"` // a scripted host that does nothing real

	// Platform is what a pretend target pretends to be, one of Platforms; "" is
	// linux. A real host is asked.
	Platform string `json:"platform,omitempty"`

	// ExecutorKey is the public half of the host's sealing key, pinned at
	// first contact.
	ExecutorKey []byte `json:"executorKey,omitempty" text:"-"`
}

// SSHAddress says how to reach a target by SSH. HostKeys are pinned: a host
// that presents another key is refused. Key names a secret that holds the
// private key.
type SSHAddress struct {
	Host     string   `json:"host"` // host or host:port
	User     string   `json:"user"`
	HostKeys []string `json:"host-keys"`
	Key      string   `json:"key,omitempty"`
}

// HostName is the host without its port.
func (a SSHAddress) HostName() string {
	if end := strings.LastIndex(a.Host, "]"); strings.HasPrefix(a.Host, "[") && end > 0 {
		return a.Host[1:end]
	}
	if name, _, found := strings.Cut(a.Host, ":"); found && strings.Count(a.Host, ":") == 1 {
		return name
	}
	return a.Host
}

// SSMAddress says how to reach a target by AWS Systems Manager, which finds the
// machine by its id: `i-…` for EC2, `mi-…` for a hybrid activation. Platform is
// said, not asked for: it decides in which language the first message is.
type SSMAddress struct {
	Instance string `json:"instance"`
	Platform string `json:"platform"` // one of Platforms
}

// Platforms are those of which it has to be said: of targets that are reached by
// SSM, and of pretend ones.
var Platforms = []string{"linux", "windows"}

// Transport is the name of the way to reach the target.
func (t Target) Transport() string {
	switch {
	case t.SSH != nil:
		return "ssh"
	case t.SSM != nil:
		return "ssm"
	case t.Local != "":
		return "local"
	}
	return "pretend"
}

// Address is the target's address as a person would write it.
func (t Target) Address() string {
	switch {
	case t.SSH != nil:
		u := url.URL{Scheme: "ssh", User: url.User(t.SSH.User), Host: t.SSH.Host}
		return u.String()
	case t.SSM != nil:
		return "ssm://" + t.SSM.Instance
	case t.Local != "":
		return "local:" + t.Local
	}
	return "pretend:" + t.Pretend
}

// In says whether the target belongs to the environment.
func (t Target) In(environment string) bool { return HasName(t.Environments, environment) }

// HasRole says whether the target has one of the roles.
func (t Target) HasRole(roles []string) bool {
	for _, r := range roles {
		if HasName(t.Roles, r) {
			return true
		}
	}
	return false
}

// Check finds what is wrong with the target by itself.
func (t Target) Check() []Problem {
	found := checkName("name", "target", t.Name)
	ways := 0
	for _, given := range []bool{t.SSH != nil, t.SSM != nil, t.Local != "", t.Pretend != ""} {
		if given {
			ways++
		}
	}
	if ways != 1 {
		found = append(found, Problem{Path: "", Message: "target " + quote(t.Name) + " needs exactly one of `ssh`, `ssm`, `local` and `pretend`: how it is reached"})
	}
	if t.SSH != nil {
		found = append(found, under("ssh", t.SSH.check())...)
	}
	if t.SSM != nil {
		found = append(found, under("ssm", t.SSM.check())...)
	}
	if t.Local != "" && !strings.HasPrefix(t.Local, "/") && !strings.Contains(t.Local, ":\\") {
		found = append(found, Problem{Path: "local", Message: "`local` is a folder by its whole path, like /srv/web-1; got " + quote(t.Local)})
	}
	switch {
	case t.Platform == "" || t.Pretend != "" && slices.Contains(Platforms, t.Platform):
	case t.Pretend != "":
		found = append(found, Problem{Path: "platform", Message: "the `platform` of a pretend target is `linux` or `windows`; got " + quote(t.Platform)})
	case t.SSM != nil:
		found = append(found, Problem{Path: "platform", Message: "the `platform` of an SSM target is said below `ssm`: ssm: { instance: …, platform: windows }"})
	default:
		found = append(found, Problem{Path: "platform", Message: "a `platform` is said of a pretend target only: a real host is asked"})
	}
	if len(t.Environments) == 0 {
		found = append(found, Problem{Path: "environments", Message: "target " + quote(t.Name) + " belongs to no environment: name at least one"})
	}
	if len(t.Roles) == 0 {
		found = append(found, Problem{Path: "roles", Message: "target " + quote(t.Name) + " has no role: steps find their targets by role, name at least one"})
	}
	return found
}

func (a SSHAddress) check() []Problem {
	var found []Problem
	if strings.TrimSpace(a.Host) == "" || strings.ContainsAny(a.Host, " /@") {
		found = append(found, Problem{Path: "host", Message: "an SSH host is a name or an address, with `:port` if it is not 22; got " + quote(a.Host)})
	}
	if a.User == "" {
		found = append(found, Problem{Path: "user", Message: "SSH needs the user to sign in as"})
	}
	if len(a.HostKeys) == 0 {
		found = append(found, Problem{Path: "host-keys", Message: "SSH needs the pinned host key, like `ssh-ed25519 AAAA…`: `slipway target add` without `--host-key` shows the one the host presents"})
	}
	for i, k := range a.HostKeys {
		if len(strings.Fields(k)) < 2 {
			found = append(found, Problem{Path: index("host-keys", i), Message: "a host key has the form `ssh-ed25519 AAAA…`, as in /etc/ssh/ssh_host_ed25519_key.pub; got " + quote(k)})
		}
	}
	return found
}

func (a SSMAddress) check() []Problem {
	var found []Problem
	if !isInstance(a.Instance) {
		found = append(found, Problem{Path: "instance", Message: "an SSM target is named by its instance, like `i-0abc123def4567890` on EC2 or `mi-0abc123def4567890` with a hybrid activation; got " + quote(a.Instance)})
	}
	if !slices.Contains(Platforms, a.Platform) {
		found = append(found, Problem{Path: "platform", Message: "the `platform` of an SSM target is `linux` or `windows`; got " + quote(a.Platform)})
	}
	return found
}

// isInstance: after `i-` stand 8 or 17 letters and digits, after `mi-` 17.
func isInstance(s string) bool {
	kind, id, _ := strings.Cut(s, "-")
	if kind != "i" && kind != "mi" || len(id) != 17 && (kind == "mi" || len(id) != 8) {
		return false
	}
	return strings.Trim(id, "0123456789abcdefghijklmnopqrstuvwxyz") == ""
}
