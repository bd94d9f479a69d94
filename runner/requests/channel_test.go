package requests_test

import (
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/records"
	"slipway/runner/requests"
)

// channelled is a project with a stable channel, which is the default one, one
// for betas, which goes by a lifecycle of its own, and one for old versions.
func (k *kit) channelled() string {
	k.places()
	k.add(records.Lifecycles, "Short", func(id string) any {
		return pipelines.Lifecycle{ID: id, Name: "Short", Phases: []pipelines.Phase{
			{Name: "Dev", Environments: []string{"Dev"}}, {Name: "Lab", Environments: []string{"Test"}, Automatic: true},
		}}
	})
	return k.project(pipelines.Project{
		Name: "Quotes", Triggers: []pipelines.Trigger{{Package: "Quotes"}},
		Channels: []pipelines.Channel{
			{Name: "Stable", Default: true, Rules: []pipelines.VersionRule{{Packages: []string{"Quotes"}, Versions: "[2.0,)", Tag: "^$"}}},
			{Name: "Beta", Lifecycle: "Short", Rules: []pipelines.VersionRule{{Tag: "^beta"}}},
			{Name: "Old", Rules: []pipelines.VersionRule{{Versions: "[1.0,2.0)", Tag: "^$"}}},
		},
		Steps: []pipelines.Step{installs("Install", "Quotes")},
	})
}

func TestChannelsChooseVersions(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	project := k.channelled()
	k.change(project, func(p *pipelines.Project) { p.Triggers = nil })
	for _, version := range []string{"1.0.9", "1.0.10", "2.0.0", "2.1.0-beta.1", "2.1.0-rc.1"} {
		k.push("Quotes", version, version)
	}
	create := func(channel, version string) (pipelines.Release, error) {
		in := requests.ReleaseRequest{Project: "Quotes", Channel: channel}
		if version != "" {
			in.Packages = map[string]string{"Quotes": version}
		}
		return k.CreateRelease(t.Context(), k.admin, in)
	}
	for _, c := range []struct{ channel, asked, want, in string }{
		{"", "", "2.0.0", "Stable"}, {"beta", "", "2.1.0-beta.1", "Beta"}, {"Old", "", "1.0.10", "Old"}, {"Old", "1.0.9", "1.0.9", "Old"},
	} {
		proposed, err := k.ProposeNumber(t.Context(), k.admin, "Quotes", c.channel)
		if c.asked == "" && (err != nil || proposed != c.want) {
			t.Errorf("ProposeNumber(%q) = %q, %v, want %s", c.channel, proposed, err, c.want)
		}
		r, err := create(c.channel, c.asked)
		must(t, err)
		if r.Packages[0].Version != c.want || r.Channel != c.in {
			t.Errorf("a release in %q of %q has %s in %s, want %s in %s", c.channel, c.asked, r.Packages[0].Version, r.Channel, c.want, c.in)
		}
		if head, err := k.Records.ReleaseHead(t.Context(), r.ID); err != nil || head.Channel != c.in {
			t.Errorf("its head stands in %q, %v", head.Channel, err)
		}
	}
	_, err := create("Nightly", "")
	refused(t, "no such channel", err, pipelines.NotFound, `project Quotes has no channel "Nightly"; there are Stable, Beta and Old`)
	_, err = create("Stable", "1.0.9")
	refused(t, "a version that the channel refuses", err, pipelines.Conflict,
		"channel Stable takes of Quotes only versions [2.0,), no pre-releases; 1.0.9 is not among them: make the release in channel Old, which accepts it, or take another version")
	_, err = create("Stable", "2.1.0-rc.1")
	refused(t, "a version that no channel accepts", err, pipelines.Conflict, "no channel of Quotes accepts it")
	k.change(project, func(p *pipelines.Project) { p.Channels[2].Rules[0].Versions = "[0.1,0.2)" })
	_, err = create("Old", "")
	refused(t, "nothing for the channel", err, pipelines.Conflict, "channel Old takes of Quotes only versions [0.1,0.2), no pre-releases")
	k.change(project, func(p *pipelines.Project) {
		p.Channels = []pipelines.Channel{{Name: "All", Rules: []pipelines.VersionRule{{Versions: "[2.0.1,)"}}}}
	})
	_, err = create("", "")
	refused(t, "a range alone asks for no pre-release", err, pipelines.Conflict, "package Quotes has only pre-releases that channel All takes (the newest is 2.1.0-rc.1): name the version you want")
	if r, err := create("", "2.1.0-rc.1"); err != nil || r.Channel != "All" {
		t.Errorf("a pre-release by name: %+v, %v", r, err)
	}
}

func TestAPackageGoesIntoTheFirstChannelThatAcceptsIt(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	project := k.channelled()
	for _, c := range []struct{ version, channel string }{{"1.0.0", "Old"}, {"2.0.0", "Stable"}, {"2.1.0-beta.1", "Beta"}} {
		got := k.push("Quotes", c.version, c.version)
		if len(got.Releases) != 1 || got.Releases[0].Channel != c.channel || len(got.Deployments) != 1 || got.Deployments[0].Channel != c.channel {
			t.Fatalf("pushing %s = %+v, want a release in %s", c.version, got, c.channel)
		}
		l := k.until(got.Deployments[0].ID, pipelines.Succeeded)
		if l.Plan.Channel != c.channel {
			t.Errorf("the plan is of channel %q, want %s", l.Plan.Channel, c.channel)
		}
		for name, want := range map[string]string{"Octopus.Deployment.Trigger.Name": "Package Quotes", "Octopus.Release.Channel.Name": c.channel} {
			if got := variable(l.Plan, name); got != want {
				t.Errorf("%s = %q, want %q", name, got, want)
			}
		}
	}
	// the channel's own lifecycle opens Test by itself, and knows no Prod
	if test := k.deploymentsTo(project, "Test"); len(test) != 1 || test[0].Release != "2.1.0-beta.1" {
		t.Errorf("deployments to Test = %+v, want the beta's alone", test)
	}
	_, err := k.Deploy(t.Context(), k.admin, requests.DeployRequest{Project: "Quotes", Release: "2.1.0-beta.1", Environment: "Prod"})
	refused(t, "out of the channel's lifecycle", err, pipelines.Conflict, `release 2.1.0-beta.1 cannot go to Prod: lifecycle "Short" has no phase with that environment`)

	k.change(project, func(p *pipelines.Project) { p.Channels = p.Channels[:1] })
	_, err = k.Deploy(t.Context(), k.admin, requests.DeployRequest{Project: "Quotes", Release: "2.1.0-beta.1", Environment: "Prod"})
	refused(t, "by the project's lifecycle, since the channel is gone", err, pipelines.Conflict, "phase Test needs 1 success, has 0")

	got := k.push("Quotes", "1.1.0", "none")
	const why = "Quotes makes no release of it: no channel of Quotes accepts this: channel Stable takes of Quotes only versions [2.0,), no pre-releases; 1.1.0 is not among them"
	if len(got.Releases) != 0 || len(got.Problems) != 1 || got.Problems[0] != why {
		t.Errorf("a version for no channel = %+v, want %q", got, why)
	}
	log, err := k.Records.AuditLog(t.Context(), time.Now().Add(time.Hour), 1)
	must(t, err)
	if log[0].Category != "ReleaseNotCreated" || log[0].Subject != project || !strings.HasSuffix(log[0].Message, why) {
		t.Errorf("the audit says %+v", log[0])
	}
}

// variable is a value as it stands in a plan for all steps.
func variable(p plan.Plan, name string) string {
	out := "‹none›"
	for _, v := range p.Variables {
		if pipelines.SameName(v.Name, name) {
			out = v.Value
		}
	}
	return out
}
