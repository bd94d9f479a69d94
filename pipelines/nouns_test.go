package pipelines

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode"
)

func TestTargetCheck(t *testing.T) {
	t.Parallel()
	good := func() Target {
		return Target{Name: "web-1", Environments: []string{"Dev"}, Roles: []string{"web"},
			SSH: &SSHAddress{Host: "web.example.org:2222", User: "deploy", HostKeys: []string{"ssh-ed25519 AAAA"}}}
	}
	for _, c := range []struct {
		change func(*Target)
		want   string
	}{
		{func(*Target) {}, ""},
		{func(x *Target) { x.SSH, x.Local = nil, "/tmp/x" }, ""},
		{func(x *Target) { x.SSH, x.Pretend = nil, "x" }, ""},
		{func(x *Target) { x.Name = "" }, "name: a target needs a name"},
		{func(x *Target) { x.SSH = nil }, "target \"web-1\" needs exactly one of `ssh`, `ssm`, `local` and `pretend`: how it is reached"},
		{func(x *Target) { x.Local = "/tmp" }, "target \"web-1\" needs exactly one of `ssh`, `ssm`, `local` and `pretend`: how it is reached"},
		{func(x *Target) { x.Environments = nil }, `environments: target "web-1" belongs to no environment: name at least one`},
		{func(x *Target) { x.Roles = nil }, `roles: target "web-1" has no role: steps find their targets by role, name at least one`},
		{func(x *Target) { x.SSM = &SSMAddress{"i-0abc123def4567890", "linux"} }, "target \"web-1\" needs exactly one of `ssh`, `ssm`, `local` and `pretend`: how it is reached"},
		{func(x *Target) { x.SSH, x.SSM = nil, &SSMAddress{"i-0abc123def4567890", "linux"} }, ""},
		{func(x *Target) { x.SSH, x.SSM = nil, &SSMAddress{"i-0abc123d", "linux"} }, ""},
		{func(x *Target) { x.SSH, x.SSM = nil, &SSMAddress{"mi-0abc123def4567890", "windows"} }, ""},
		{func(x *Target) { x.SSH, x.SSM = nil, &SSMAddress{"mi-0abc123d", "linux"} },
			"ssm.instance: an SSM target is named by its instance, like `i-0abc123def4567890` on EC2 or `mi-0abc123def4567890` with a hybrid activation; got \"mi-0abc123d\""},
		{func(x *Target) { x.SSH, x.SSM = nil, &SSMAddress{"web-1.example.org", "linux"} },
			"ssm.instance: an SSM target is named by its instance, like `i-0abc123def4567890` on EC2 or `mi-0abc123def4567890` with a hybrid activation; got \"web-1.example.org\""},
		{func(x *Target) { x.SSH, x.SSM = nil, &SSMAddress{"i-0abc123d", "Linux"} },
			"ssm.platform: the `platform` of an SSM target is `linux` or `windows`; got \"Linux\""},
		{func(x *Target) { x.SSH, x.Pretend, x.Platform = nil, "x", "windows" }, ""},
		{func(x *Target) { x.SSH, x.Pretend, x.Platform = nil, "x", "Windows" }, "platform: the `platform` of a pretend target is `linux` or `windows`; got \"Windows\""},
		{func(x *Target) { x.Platform = "linux" }, "platform: a `platform` is said of a pretend target only: a real host is asked"},
		{func(x *Target) { x.SSH, x.SSM, x.Platform = nil, &SSMAddress{"i-0abc123d", "linux"}, "windows" },
			"platform: the `platform` of an SSM target is said below `ssm`: ssm: { instance: …, platform: windows }"},
		{func(x *Target) { x.SSH.Host = "deploy@web" }, "ssh.host: an SSH host is a name or an address, with `:port` if it is not 22; got \"deploy@web\""},
		{func(x *Target) { x.SSH.Host = " " }, "ssh.host: an SSH host is a name or an address, with `:port` if it is not 22; got \" \""},
		{func(x *Target) { x.SSH.User = "" }, "ssh.user: SSH needs the user to sign in as"},
		{func(x *Target) { x.SSH.HostKeys = nil }, "ssh.host-keys: SSH needs the pinned host key, like `ssh-ed25519 AAAA…`: `slipway target add` without `--host-key` shows the one the host presents"},
		{func(x *Target) { x.SSH.HostKeys = []string{"ssh-ed25519 A", "AAAA"} },
			"ssh.host-keys[1]: a host key has the form `ssh-ed25519 AAAA…`, as in /etc/ssh/ssh_host_ed25519_key.pub; got \"AAAA\""},
	} {
		x := good()
		c.change(&x)
		if got := lines(x.Check()); got != c.want {
			t.Errorf("Check(%+v) =\n%s\nwant\n%s", x, got, c.want)
		}
	}
}

func TestTargetAddress(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		target          Target
		address, method string
	}{
		{Target{SSH: &SSHAddress{Host: "web:2222", User: "deploy"}}, "ssh://deploy@web:2222", "ssh"},
		{Target{Local: "/srv/x"}, "local:/srv/x", "local"},
		{Target{SSM: &SSMAddress{"mi-0abc123def4567890", "windows"}}, "ssm://mi-0abc123def4567890", "ssm"},
		{Target{Pretend: "slow"}, "pretend:slow", "pretend"},
	} {
		if c.target.Address() != c.address || c.target.Transport() != c.method {
			t.Errorf("%+v: %s by %s, want %s by %s", c.target, c.target.Address(), c.target.Transport(), c.address, c.method)
		}
	}
}

func TestTargetRolesAndEnvironments(t *testing.T) {
	t.Parallel()
	x := Target{Environments: []string{"Dev", "Test"}, Roles: []string{"web", "db"}}
	for _, c := range []struct {
		roles []string
		want  bool
	}{{[]string{"WEB"}, true}, {[]string{"mail", "db"}, true}, {[]string{"mail"}, false}, {nil, false}} {
		if got := x.HasRole(c.roles); got != c.want {
			t.Errorf("HasRole(%v) = %v, want %v", c.roles, got, c.want)
		}
	}
	if !x.In("test") || x.In("Prod") {
		t.Error("In knows Dev and Test, in any case, and no other")
	}
}

func TestUserCheck(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		user User
		want string
	}{
		{User{Username: "stella", Mail: "stella@example.org"}, ""},
		{User{Username: "stella"}, ""},
		{User{}, "username: a user needs a name"},
		{User{Username: "stella stone"}, `username: a username has no spaces, colons or slashes: "stella stone"`},
		{User{Username: "a:b"}, `username: a username has no spaces, colons or slashes: "a:b"`},
		{User{Username: "a/b"}, `username: a username has no spaces, colons or slashes: "a/b"`},
		{User{Username: "s", Mail: "nobody"}, `mail: "nobody" is no mail address, like somebody@example.org`},
		{User{Username: "s", Mail: "a@b\r\nBcc: x@y"}, `mail: "a@b\r\nBcc: x@y" is no mail address, like somebody@example.org`},
	} {
		if got := lines(c.user.Check()); got != c.want {
			t.Errorf("Check(%+v) = %q, want %q", c.user, got, c.want)
		}
	}
}

func TestIsMailAddress(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"a@b": true, "a.b+c@example.org": true,
		"": false, "a": false, "@b": false, "a@": false, "a@b@c": false, "a b@c": false, "A <a@b>": false, "a@b,c@d": false, "a@b;": false,
	} {
		if got := IsMailAddress(address); got != want {
			t.Errorf("IsMailAddress(%q) = %v, want %v", address, got, want)
		}
	}
}

func TestTeamCheck(t *testing.T) {
	t.Parallel()
	users := []User{{Username: "stella"}}
	for _, c := range []struct {
		team Team
		want string
	}{
		{Team{Name: "T", Members: []string{"STELLA"}, Roles: []RoleGrant{{Role: "project VIEWER", Environments: []string{"dev"}}}}, ""},
		{Team{}, "name: a team needs a name"},
		{Team{Name: "T", Members: []string{"stella", "omar"}}, `members[1]: there is no user "omar"`},
		{Team{Name: "T", Roles: []RoleGrant{{Role: "King"}}},
			`roles[0].role: there is no user role "King"; there are Project viewer, Project contributor, Project deployer, Project lead, Project initiator, Release creator, Deployment creator, Package publisher, Build server, Environment viewer, Environment manager, Lifecycle editor, Feed manager, Team manager, User manager, Security manager, Auditor, System manager and System administrator`},
		{Team{Name: "T", Roles: []RoleGrant{{Role: "Project viewer"}, {Role: "Project viewer", Environments: []string{"Lab"}}}},
			`roles[1].environments[0]: there is no environment "Lab"`},
	} {
		if got := lines(c.team.Check(users, nil, environmentsNamed("Dev"))); got != c.want {
			t.Errorf("Check(%+v) =\n%s\nwant\n%s", c.team, got, c.want)
		}
	}
}

func TestNamed(t *testing.T) {
	t.Parallel()
	if e, ok := EnvironmentNamed(environmentsNamed("Dev", "Test"), "TEST"); !ok || e.Name != "Test" {
		t.Errorf("EnvironmentNamed = %v, %v", e, ok)
	}
	if _, ok := EnvironmentNamed(nil, "Test"); ok {
		t.Error("an environment was found among none")
	}
	if x, ok := TeamNamed([]Team{{Name: "A"}, {Name: "B"}}, "b"); !ok || x.Name != "B" {
		t.Errorf("TeamNamed = %v, %v", x, ok)
	}
	if _, ok := TeamNamed([]Team{{Name: "A"}}, "b"); ok {
		t.Error("a team was found that is not there")
	}
	if got := lines(Environment{}.Check()); got != "name: an environment needs a name" {
		t.Errorf("Check of a nameless environment = %q", got)
	}
	if (User{Username: "stella"}).Called() != "stella" || (User{Username: "stella", DisplayName: "Stella Stone"}).Called() != "Stella Stone" {
		t.Error("Called is the display name, or else the username")
	}
}

// TestSameNameMeansSameKey: whoever finds a name by comparing finds it by key.
func TestSameNameMeansSameKey(t *testing.T) {
	t.Parallel()
	for r := rune(0); r <= unicode.MaxRune; r++ {
		for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
			a, b := string(r), string(other)
			if !SameName(a, b) {
				t.Fatalf("SameName(%q, %q) is false", a, b)
			}
			if NameKey(a) != NameKey(b) {
				t.Errorf("%q and %q are one name, with the keys %q and %q", a, b, NameKey(a), NameKey(b))
			}
		}
	}
}

func TestClash(t *testing.T) {
	t.Parallel()
	hold := func(project, environment, kind, value string, targets ...string) Holder {
		return Holder{ProjectID: project, EnvironmentID: environment, Claims: []Claim{{Kind: kind, Value: value, Targets: targets}}}
	}
	by := func(h Holder, deployment string) Holder { h.By = deployment; return h }
	claim := Claim{Kind: "port", Value: "80", Targets: []string{"M1", "M2"}}
	for _, c := range []struct {
		name    string
		holders []Holder
		target  string // "" is no clash
	}{
		{"nobody", nil, ""},
		{"another environment", []Holder{hold("P1", "E2", "port", "80", "M3", "M2")}, "M2"},
		{"another project", []Holder{hold("P2", "E1", "port", "80", "M1")}, "M1"},
		{"itself", []Holder{hold("P1", "E1", "port", "80", "M1")}, ""},
		{"another value", []Holder{hold("P1", "E2", "port", "81", "M1")}, ""},
		{"another kind", []Holder{hold("P1", "E2", "service", "80", "M1")}, ""},
		{"another machine", []Holder{hold("P1", "E2", "port", "80", "M3")}, ""},
		{"the last of three", []Holder{
			by(hold("P1", "E2", "port", "80", "M1"), "Deployments-9"), by(hold("P1", "E3", "port", "80", "M2"), "Deployments-10"),
			by(hold("P2", "E1", "port", "80", "M1"), "Deployments-8"),
		}, "M2"},
		{"the second of two", []Holder{hold("P1", "E1", "port", "80", "M1"), hold("P1", "E3", "port", "80", "M1")}, "M1"},
	} {
		_, target, clash := claim.Clash("P1", "E1", c.holders)
		if clash != (c.target != "") || target != c.target {
			t.Errorf("%s: Clash = %q, %v; want %q", c.name, target, clash, c.target)
		}
	}
}

func TestSameClaim(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b Claim
		want bool
	}{
		{Claim{Kind: "port", Value: "80"}, Claim{Kind: "port", Value: "80", Step: "x"}, true},
		{Claim{Kind: "port", Value: "80"}, Claim{Kind: "folder", Value: "80"}, false},
		{Claim{Kind: "folder", Value: "/A"}, Claim{Kind: "folder", Value: "/a"}, false},
		{Claim{Kind: "iis site", Value: "RandomQuotes"}, Claim{Kind: "iis site", Value: "randomquotes"}, true},
		{Claim{Kind: "iis site", Value: "RandomQuotes"}, Claim{Kind: "iis path", Value: "RandomQuotes"}, false},
		{Claim{Kind: "iis site", Value: "RandomQuotes "}, Claim{Kind: "iis site", Value: "randomquotes"}, true},
		{Claim{Kind: "port", Value: "8081 "}, Claim{Kind: "port", Value: "08081"}, true},
		{Claim{Kind: "port", Value: "80 for Shop"}, Claim{Kind: "port", Value: "80 for shop"}, true},
		{Claim{Kind: "port", Value: "80 for shop"}, Claim{Kind: "port", Value: "80"}, false},
		{Claim{Kind: "iis path", Value: `Default Web Site/\Shop\`}, Claim{Kind: "iis path", Value: "default web site/shop"}, true},
	} {
		if got := c.a.Same(c.b); got != c.want {
			t.Errorf("%+v.Same(%+v) = %v", c.a, c.b, got)
		}
	}
}

func TestClaimsAsTheHostReadsThem(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ kind, value, want string }{
		{"iis site", " RandomQuotes ", "RandomQuotes"},
		{"folder", "/srv/shop\n", "/srv/shop"},
		{"service", " shop.service", "shop.service"},
		{"port", "8081", "8081"},
		{"port", " 08081 ", "8081"},
		{"port", "+81", "81"},
		{"port", "none", "none"},
		{"port", "", ""},
		{"port", "8081 at ", "8081"},
		{"port", "8081 at  * ", "8081"},
		{"port", "8081 for ", "8081"},
		{"port", "8081 at  for ", "8081"},
		{"port", "080 at  10.0.0.1  for  Shop.Example.org ", "80 at 10.0.0.1 for shop.example.org"},
		{"port", "80 at [FE80::1]", "80 at fe80::1"},
		{"iis path", `Default Web Site /\shop\\Admin/ `, "Default Web Site/shop/Admin"},
		{"iis path", "Default Web Site/", "Default Web Site"},
		{"iis path", "", ""},
	} {
		if got := (Claim{Kind: c.kind, Value: c.value}).Canonical(); got != c.want {
			t.Errorf("%s %q is %q, want %q", c.kind, c.value, got, c.want)
		} else if again := (Claim{Kind: c.kind, Value: got}).Canonical(); again != got {
			t.Errorf("%s %q is %q, and that is %q", c.kind, c.value, got, again)
		}
	}
}

func TestOlderThan(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"1.0.7", "1.0.8", true}, {"1.0.8", "1.0.7", false}, {"1.0.7", "1.0.7", false}, {"1.0.9", "1.0.10", true},
		{"1.0.7-beta", "1.0.7", true}, {"1.0.7", "1.0.7-beta", false}, {"1.0", "1.0.1", true}, {"", "1.0.0", false}, {"1.0.0", "", false},
	} {
		if got := (Release{Number: c.a}).OlderThan(c.b); got != c.want {
			t.Errorf("%s OlderThan(%s) = %v, want %v", c.a, c.b, got, c.want)
		}
	}
}

func TestSelects(t *testing.T) {
	t.Parallel()
	r := Release{Packages: []Selected{
		{Package: "A", Version: "1"}, {Package: "B", Version: "2"}, {Package: "B", Version: "3", Feed: "Artifactory", FeedID: "Feeds-1"},
	}}
	for _, c := range []struct{ id, feed, want string }{
		{"b", "", "2"}, {"B", "artifactory", "3"}, {"c", "", ""}, {"A", "Artifactory", ""},
	} {
		if s, ok := r.Selects(c.id, c.feed); ok != (c.want != "") || s.Version != c.want {
			t.Errorf("Selects(%s, %q) = %v, %v, want %q", c.id, c.feed, s, ok, c.want)
		}
	}
}

func TestStatus(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status Status
		ended  bool
		code   string
	}{
		{Pending, false, "Pending"}, {Queued, false, "Pending"}, {Running, false, "Running"}, {Waiting, false, "Running"}, {Cancelling, false, "Running"},
		{Succeeded, true, "Succeeded"}, {Failed, true, "Failed"}, {Skipped, true, "Skipped"}, {Cancelled, true, "Canceled"}, {Unknown, true, "Failed"},
	} {
		if c.status.Ended() != c.ended || c.status.Code() != c.code {
			t.Errorf("%s: ended %v, code %q; want %v, %q", c.status, c.status.Ended(), c.status.Code(), c.ended, c.code)
		}
	}
}

func TestScalar(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want, problem string }{
		{`"8080"`, "8080", ""}, {`8080`, "8080", ""}, {`1.50`, "1.50", ""}, {`true`, "true", ""}, {` "a\nb" `, "a\nb", ""}, {`""`, "", ""},
		{`"#{Port}"`, "#{Port}", ""}, {`null`, "", ""},
		{`[1]`, "", "a text or a number is wanted here, not a list or a mapping"},
		{`{"a":1}`, "", "a text or a number is wanted here, not a list or a mapping"},
	} {
		var got struct{ S Scalar }
		err := json.Unmarshal([]byte(`{"S":`+c.text+`}`), &got)
		if string(got.S) != c.want || (err == nil) != (c.problem == "") || err != nil && CodeOf(err) != Invalid {
			t.Errorf("Scalar of %s = %q, %v; want %q, %q", c.text, got.S, err, c.want, c.problem)
		}
		if err != nil && err.Error() != c.problem {
			t.Errorf("Scalar of %s: %q, want %q", c.text, err, c.problem)
		}
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	refusal := Refuse(Conflict, "release %s is taken", "1.0")
	if refusal.Error() != "release 1.0 is taken" || CodeOf(fmt.Errorf("push: %w", refusal)) != Conflict {
		t.Errorf("Refuse = %v, code %q", refusal, CodeOf(refusal))
	}
	if CodeOf(nil) != "" || CodeOf(errors.New("disk")) != "" {
		t.Error("an internal error has a code")
	}
	for _, c := range []struct{ prefix, path, want string }{
		{"", "a", "a"}, {"a", "", "a"}, {"a", "b", "a.b"}, {"a", "[1]", "a[1]"}, {"", "", ""},
	} {
		if got := Join(c.prefix, c.path); got != c.want {
			t.Errorf("Join(%q, %q) = %q, want %q", c.prefix, c.path, got, c.want)
		}
	}
	for want, names := range map[string][]string{"none": nil, "a": {"a"}, "a and b": {"a", "b"}, "a, b and c": {"a", "b", "c"}} {
		if got := list(names); got != want {
			t.Errorf("list(%v) = %q, want %q", names, got, want)
		}
	}
	if got := (Problem{Message: "m"}).String() + "|" + (Problem{Path: "p", Message: "m"}).String(); !strings.EqualFold(got, "m|p: m") {
		t.Errorf("problems read %q", got)
	}
}
