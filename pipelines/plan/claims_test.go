package plan_test

import (
	"slices"
	"testing"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/steps/iis"
)

// TestClaimsAsTheHostReadsThem: what is held are ports and names, and not how
// somebody wrote them.
func TestClaimsAsTheHostReadsThem(t *testing.T) {
	t.Parallel()
	site := func(name string, bindings ...iis.Binding) pipelines.Step {
		return pipelines.Step{Name: "site", Roles: []string{"web"}, Action: pipelines.Action{Type: "iis", Settings: raw(iis.Settings{
			Package: "RandomQuotes", Site: &iis.Site{Name: name, Pool: iis.Pool{Name: "P"}, Bindings: bindings, Authentication: &iis.Authentication{}},
		})}}
	}
	with := func(s pipelines.Step, name, value string) plan.Input {
		in := deploying(s)
		in.Release.Project.Variables = []pipelines.Variable{{Name: name, Value: pipelines.Text(value)}}
		return in
	}
	below := func(site, path string) pipelines.Step {
		return pipelines.Step{Name: "below", Roles: []string{"web"}, Action: pipelines.Action{Type: "iis", Settings: raw(iis.Settings{
			Package: "RandomQuotes", VirtualDirectory: &iis.VirtualDirectory{Site: site, Path: path},
		})}}
	}
	for _, c := range []struct {
		name string
		in   plan.Input
		want []string
	}{
		{"spaces and zeros", deploying(site("RandomQuotes ", iis.Binding{Port: "8081 "}, iis.Binding{Port: "08081"})), []string{"iis site RandomQuotes", "port 8081"}},
		{"by way of a variable", with(site("S", iis.Binding{Port: "#{P}", Host: "#{P}.Example"}, iis.Binding{Port: "#{P}", Address: "#{None}"}), "P", " 081"),
			[]string{"iis site S", "port 81 for 081.example"}},
		{"a path by way of a variable", with(below("Default Web Site", "#{Path}"), "Path", `\shop\ `), []string{"iis path Default Web Site/shop"}},
		{"nginx", deploying(serves("site", " 8081 ")), []string{"nginx site site", "port 8081"}},
		{"enabled", with(site("S", iis.Binding{Port: "81", Enabled: "#{On}"}), "On", "True"), []string{"iis site S", "port 81"}},
		{"not enabled", with(site("S", iis.Binding{Port: "81", Enabled: "#{On}"}), "On", " FALSE "), []string{"iis site S"}},
		{"enabled nobody knows", deploying(site("S", iis.Binding{Port: "81", Enabled: "#{env:ON}"})), []string{"iis site S", "port 81"}},
		{"enabled once", with(site("S", iis.Binding{Port: "81", Enabled: "#{On}"}, iis.Binding{Port: "81"}), "On", "true"), []string{"iis site S", "port 81"}},
	} {
		var got []string
		for _, claim := range plan.Make(c.in).Claims {
			if claim.When != "" || len(claim.Targets) != 1 {
				t.Errorf("%s: claims %+v", c.name, claim)
			}
			got = append(got, claim.Kind+" "+claim.Value)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: claims %q, want %q", c.name, got, c.want)
		}
	}
}

// TestAPortEnabledOnOneTarget is held there only.
func TestAPortEnabledOnOneTarget(t *testing.T) {
	t.Parallel()
	in := input(pipelines.Project{ID: "Projects-1", Name: "P", Steps: []pipelines.Step{{Name: "site", Roles: []string{"web"}, Action: pipelines.Action{Type: "iis", Settings: raw(iis.Settings{
		Package: "RandomQuotes", Site: &iis.Site{Name: "S", Pool: iis.Pool{Name: "P"}, Bindings: []iis.Binding{{Port: "81", Enabled: "#{On}"}}, Authentication: &iis.Authentication{}},
	})}}}}, dev, web(2))
	in.Release.Project.Variables = []pipelines.Variable{{Name: "On", Value: "false"}, {Name: "On", Value: "true", Scope: pipelines.Scope{Targets: []string{"web-2"}}}}
	ports := 0
	for _, claim := range plan.Make(in).Claims {
		if claim.Kind != "port" {
			continue
		}
		if ports++; !slices.Equal(claim.Targets, []string{"Machines-2"}) {
			t.Errorf("the port is claimed on %q, want Machines-2", claim.Targets)
		}
	}
	if ports != 1 {
		t.Errorf("%d ports are claimed, want 1", ports)
	}
}
