package catalog_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/pipelines/textform"
	"slipway/runner/catalog"
	"slipway/runner/records"
)

const hosts = `
environments: [Dev, Prod]
users: [{ username: dora }, { username: all }, { username: sealer }]
user-roles: [{ name: Sealer, permissions: [SecretEdit] }]
teams:
  - { name: Keepers of Dev, members: [dora], roles: [{ role: Environment manager, environments: [Dev] }] }
  - { name: Keepers, members: [all], roles: [{ role: Environment manager }] }
  - { name: Sealers, members: [sealer], roles: [{ role: Environment manager, environments: [Dev] }, { role: Sealer }] }
targets:
  - { name: here, environments: [Dev], roles: [web], local: /srv/here }
  - { name: off, environments: [Dev], roles: [web], local: /srv/off, disabled: true }
  - { name: dev-1, environments: [Dev], roles: [web], ssh: { host: dev-1, user: deploy, host-keys: [ssh-ed25519 AAAA], key: dev-key } }
  - { name: prod-1, environments: [Prod], roles: [web], ssh: { host: prod-1, user: deploy, host-keys: [ssh-ed25519 AAAA], key: prod-key } }
  - { name: prod-2, environments: [Prod], roles: [web], ssh: { host: prod-2, user: deploy, host-keys: [ssh-ed25519 AAAA] } }
  - { name: prod-3, environments: [Prod], roles: [web], ssm: { instance: i-0123456789abcdef0, platform: linux } }
  - { name: both, environments: [Dev], roles: [web], ssh: { host: both, user: deploy, host-keys: [ssh-ed25519 AAAA], key: dev-key } }
`

// TestWhatATargetReaches: what adding or changing a target takes beside the right
// to change targets of its environments, whatever way it is changed.
func TestWhatATargetReaches(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	h.onPages(t, root, hosts)
	who := func(name string) pipelines.Principal { return h.principal(t, h.user(t, name).ID) }
	local := func(name, folder string, roles ...string) pipelines.Target {
		return pipelines.Target{Name: name, Environments: []string{"Dev"}, Roles: append(roles, "web"), Local: folder}
	}
	ssh := func(name, host, user, key string) pipelines.Target {
		return pipelines.Target{Name: name, Environments: []string{"Dev"}, Roles: []string{"web"}, SSH: &pipelines.SSHAddress{Host: host, User: user, Key: key, HostKeys: []string{"ssh-ed25519 AAAA"}}}
	}
	with := func(target pipelines.Target, change func(*pipelines.Target)) pipelines.Target {
		change(&target)
		return target
	}
	const here, key = "the server's own machine", "takes the permission SecretEdit"
	for _, c := range []struct {
		who  string
		what pipelines.Target
		want string // "" is done
	}{
		{"dora", local("new", "/srv/new"), here},
		{"all", local("new", "/srv/new"), here},
		{"sealer", local("new", "/srv/new"), here},
		{"root", local("new", "/srv/new"), ""},
		{"dora", local("here", "/etc"), here},
		{"dora", local("here", "/srv/here", "db"), here},
		{"all", with(local("here", "/srv/here"), func(t *pipelines.Target) { t.Environments = []string{"Dev", "Prod"} }), here},
		{"dora", with(local("here", "/srv/here"), func(t *pipelines.Target) { t.Disabled = true }), ""},
		{"dora", local("off", "/srv/off"), here},
		{"dora", local("dev-1", "/srv/dev-1"), here},
		{"root", local("here", "/srv/here", "db"), ""},

		{"dora", ssh("new", "new", "deploy", "dev-key"), ""},
		{"dora", ssh("new", "new", "deploy", "prod-key"), key},
		{"dora", ssh("new", "new", "deploy", "db-password"), key},
		{"dora", ssh("new", "new", "deploy", ""), key},
		{"all", ssh("new", "new", "deploy", "prod-key"), ""},
		{"all", ssh("new", "new", "deploy", "db-password"), key},
		{"all", ssh("new", "new", "deploy", ""), ""},
		{"sealer", ssh("new", "new", "deploy", "prod-key"), ""},
		{"sealer", ssh("new", "new", "deploy", ""), ""},
		{"dora", ssh("dev-1", "prod-1", "root", "dev-key"), ""},
		{"dora", ssh("dev-1", "dev-1", "deploy", "prod-key"), key},
		{"dora", ssh("dev-1", "dev-1", "deploy", ""), key},
		{"dora", with(ssh("dev-1", "dev-1", "deploy", "dev-key"), func(t *pipelines.Target) { t.Roles = []string{"db"} }), ""},
		{"dora", pipelines.Target{Name: "new", Environments: []string{"Dev"}, Roles: []string{"web"}, SSM: &pipelines.SSMAddress{Instance: "i-0123456789abcdef0", Platform: "linux"}}, key},
		{"all", pipelines.Target{Name: "new", Environments: []string{"Dev"}, Roles: []string{"web"}, SSM: &pipelines.SSMAddress{Instance: "i-0123456789abcdef1", Platform: "linux"}}, ""},
		{"dora", pipelines.Target{Name: "new", Environments: []string{"Dev"}, Roles: []string{"web"}, Pretend: "x"}, ""},
	} {
		_, err := h.Diff(t.Context(), who(c.who), catalog.Wanted{Nouns: textform.Nouns{Targets: []pipelines.Target{c.what}}, Owner: pipelines.OwnedByPages})
		if got := fmt.Sprint(err); (err == nil) != (c.want == "") || err != nil && (pipelines.CodeOf(err) != pipelines.Forbidden || !strings.Contains(got, c.want)) {
			t.Errorf("%s wants %s at %s: %v, want %q", c.who, c.what.Name, c.what.Address(), err, c.want)
		}
	}
	_, err := h.AddTarget(t.Context(), who("dora"), local("new", "/srv/new"))
	wantCode(t, err, pipelines.Forbidden, here)
	_, err = h.SetTargetDisabled(t.Context(), who("dora"), "off", false)
	wantCode(t, err, pipelines.Forbidden, here)
	wanted := read(t, "targets: [{ name: here, environments: [Dev], roles: [web, db], local: /srv/here }]")
	wanted.TakeOver = true
	_, err = h.Apply(t.Context(), who("dora"), wanted)
	wantCode(t, err, pipelines.Forbidden, here)
	dev := slices.IndexFunc(must(h.Records.Targets(t.Context()))(t), func(t pipelines.Target) bool { return t.Name == "dev-1" })
	edit := h.edit(t, records.Targets, must(h.Records.Targets(t.Context()))(t)[dev].ID, local("dev-1", "/srv/dev-1"))
	_, err = h.SaveNoun(t.Context(), who("dora"), edit)
	wantCode(t, err, pipelines.Forbidden, here)
}

// TestAddingTellsNothingOfWhatIsThere: to whoever may not see it, but that the
// name is taken.
func TestAddingTellsNothingOfWhatIsThere(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	h.onPages(t, root, hosts+"feeds: [{ name: Art, type: nuget, url: \"https://art.example.org/index.json\" }]\n")
	dora := h.principal(t, h.user(t, "dora").ID)
	prod := func(environment string) pipelines.Target {
		return pipelines.Target{Name: "prod-1", Environments: []string{environment}, Roles: []string{"web"}, Pretend: "x"}
	}
	_, err := h.AddTarget(t.Context(), dora, prod("Prod"))
	wantCode(t, err, pipelines.Forbidden, "MachineEdit")
	_, err = h.AddTarget(t.Context(), dora, prod("Dev"))
	wantCode(t, err, pipelines.Conflict, `there is a target "prod-1" already`)
	if strings.Contains(fmt.Sprint(err), "ssh://") {
		t.Errorf("the address is told to somebody who does not see the target: %v", err)
	}
	_, err = h.AddFeed(t.Context(), dora, pipelines.Feed{Name: "Art", Type: pipelines.FeedNuGet, URL: "https://other.example.org/index.json"})
	wantCode(t, err, pipelines.Forbidden, "FeedEdit")
	_, err = h.AddTarget(t.Context(), root, prod("Dev"))
	wantCode(t, err, pipelines.Conflict, "remove it first, or choose another name")
}
