package textform_test

import (
	"encoding/json"
	"io/fs"
	"reflect"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/textform"
)

func sampleFolder() fs.FS { return textform.Sample("random-quotes") }

func printed(n textform.Nouns) []byte { return textform.Print(n, stepTypes()) }

func TestPrintedAndParsedIsTheSame(t *testing.T) {
	t.Parallel()
	for name, nouns := range map[string]textform.Nouns{
		"sample":     sample(t).Nouns,
		"everything": everything(),
	} {
		text := printed(nouns)
		again := mustParse(t, string(text))
		if !reflect.DeepEqual(again.Nouns, nouns) {
			t.Errorf("%s: Parse(Print(x)) = %+v\nwant %+v\nby way of\n%s", name, again.Nouns, nouns, text)
		}
		if twice := printed(again.Nouns); string(twice) != string(text) {
			t.Errorf("%s: Print(Parse(Print(x))) is\n%s\nwant\n%s", name, twice, text)
		}
	}
}

func TestPrintEverything(t *testing.T) {
	t.Parallel()
	golden(t, "everything.yaml", string(printed(everything())))
}

// Texts of every awkward kind come back as they were.
func TestTextsSurvive(t *testing.T) {
	t.Parallel()
	texts := []string{
		"x", "true", "Yes", "null", "~", "1.10", "0x1f", "1e3", "007", "-", "- a", "a: b", "a #b", "#a", "[a]", "{a}", "*a", "&a", "!a", "%a", "@a", "`a`",
		"a,b", "a, b", "a,", " a", "a ", "a\n", "a\nb", "a\nb\n", "a\n\nb\n", "a\n\n", "\na", "\n", " \n", "a\n b\n", " a\nb", "a \nb", "a\n\tb\n", "\ta\nb", "a\tb", "a\t\nb",
		"a\rb", "a\r\nb", "\"", "'", "\\", "a\\nb", "ä", "ä: ö\nü", "\u2028", "a\u0085b", "\ufeffa", "\U0001f600", "\U000e0001", "\x00", "\x7f", "---", "---\na", "a\n---\nb\n", "a\n...\n",
		"? a", "<<", "=", "2001-01-01", "12:30", ".inf", "#{a}", "#{each x in y}\n#{x}\n#{/each}\n", "a\n# b\nc", "a\n  # b", "key: |\n  text\n", strings.Repeat("long ", 60), strings.Repeat("line\n", 60),
	}
	for _, text := range texts {
		nouns := textform.Nouns{Projects: []pipelines.Project{{
			Name: "P", Description: text,
			Variables: []pipelines.Variable{{Name: "V", Value: pipelines.Text(text), Scope: pipelines.Scope{Steps: []string{text}}}},
		}}}
		out := printed(nouns)
		doc, found := parse(string(out), nil)
		if len(found) > 0 || !reflect.DeepEqual(doc.Nouns, nouns) {
			t.Errorf("%q comes back as %+v with %v by way of\n%s", text, doc.Nouns, found, out)
		}
	}
}

// everything uses every key there is, and a few of the combinations.
func everything() textform.Nouns {
	none := []string{}
	return textform.Nouns{
		Environments: []pipelines.Environment{{Name: "Dev"}, {Name: "Prod (EU)", Description: "Users: ours", Address: "https://example.org/#/"}},
		Lifecycles: []pipelines.Lifecycle{{Name: "L", Phases: []pipelines.Phase{
			{Name: "One", Environments: []string{"Dev", "Prod (EU)"}, Optional: true, Minimum: 1, Automatic: true},
		}}},
		Users:   []pipelines.User{{Username: "ada", DisplayName: "Ada, \"L\"", Mail: "ada@example.org", Disabled: true}},
		Teams:   []pipelines.Team{{Name: "T", Members: []string{"ada"}, Roles: []pipelines.RoleGrant{{Role: "Project lead", Environments: []string{"Dev"}, Projects: []string{"P"}}}}},
		Targets: []pipelines.Target{{Name: "web-1", Environments: []string{"Dev"}, Roles: []string{"web"}, Disabled: true, SSH: &pipelines.SSHAddress{Host: "web-1:22", User: "deploy", HostKeys: []string{"ssh-ed25519 AAAA"}, Key: "k"}}, {Name: "cloud", SSM: &pipelines.SSMAddress{Instance: "mi-0abc123def4567890", Platform: "windows"}}, {Name: "here", Local: "/tmp/x"}, {Name: "there", Pretend: "y", Platform: "windows"}},
		Feeds: []pipelines.Feed{
			{Name: "Artifactory", Type: pipelines.FeedNuGet, URL: "http://localhost:8041/artifactory/api/nuget/NuGet", Username: "admin", Secret: "artifactory",
				Webhook: pipelines.FeedWebhook{Event: "action", Is: "CREATED", Package: "component.name", Version: "component.version"}},
			{Name: "Drop", Type: pipelines.FeedS3, URL: "s3://builds/nuget/"},
		},
		VariableSets: []pipelines.VariableSet{
			{Name: "Shared", Description: "Where things are", Variables: []pipelines.Variable{
				{Name: "Host", Value: "example.org", Scope: pipelines.Scope{Environments: []string{"Dev"}}}, {Name: "Mail", Secret: "mail"},
			}},
			{Name: "Empty"},
		},
		Projects: []pipelines.Project{{
			Name: "P", Description: "two\nlines", Lifecycle: "L", AllowUnresolved: true,
			Queue: pipelines.QueueSkipSuperseded, Timeout: pipelines.Duration(2 * time.Hour), GuidedFailure: true,
			Channels: []pipelines.Channel{
				{Name: "Stable", Lifecycle: "L", Default: true, Rules: []pipelines.VersionRule{{Versions: "[1.0,2.0)", Tag: "^$"}}},
				{Name: "Beta", Description: "For the curious", Rules: []pipelines.VersionRule{{Packages: []string{"A"}, Tag: "^beta"}}},
			},
			Triggers:     []pipelines.Trigger{{Package: "A"}, {Package: "A", Feed: "Artifactory", Poll: pipelines.Duration(10 * time.Minute)}},
			VariableSets: []string{"Shared"},
			Variables: []pipelines.Variable{
				{Name: "Port", Value: "8080", Scope: pipelines.Scope{Roles: []string{"web"}, Targets: []string{"web-1"}, Channels: []string{"Beta"}, Steps: []string{"S"}}},
				{Name: "Old", Value: "007"},
				{Name: "Key", Secret: "key"},
				{Name: "Db", Parameter: "/prod/db-password"},
				{Name: "Mail", SecretsManager: "prod/mail#password", Scope: pipelines.Scope{Environments: []string{"Dev"}}},
				{Name: "Title", Value: "a", Prompt: &pipelines.Prompt{Label: "The title", Description: "Stands on top", Required: true, Options: []string{"a", "b"}}},
				{Name: "Note", Prompt: &pipelines.Prompt{Multiline: true}},
				{Name: "Asked", Prompt: &pipelines.Prompt{}},
			},
			Steps: []pipelines.Step{
				{
					Name: "S", Disabled: true, Roles: []string{"web"}, Needs: &none, Run: pipelines.RunAlways, Window: "20%", Retries: 3,
					Timeout: pipelines.Duration(90 * time.Second), NoTargets: pipelines.NoTargetsSkip, Environments: []string{"Dev"}, Channels: []string{"Stable", "Beta"},
					Action: pipelines.Action{Type: "script", Settings: []byte(`{"body":"set -e\n\nif x; then\n  y \u003e z\nfi\n"}`)},
				},
				{Name: "N", Start: pipelines.StartWithPrevious, Action: pipelines.Action{Type: "nginx", Settings: []byte(
					`{"package":"A","feed":"Artifactory","bindings":[{"port":"8080"},{"protocol":"https","port":"#{P}","certificate":"/c","certificate-key":"/k"}],"locations":[{"path":"= /","directives":[{"index":"a b"},{"expires":"true"}]}]}`)}},
				{Name: "Sign off", If: `env.name == "Dev" and not steps["S"].failed`, Required: true, Action: pipelines.Action{Type: "approval", Settings: []byte(
					`{"instructions":"Look.","teams":["T"],"approvals":2,"not-requester":true,"blocks":false,"timeout":"48h","on-timeout":"approve","remind":"24h"}`)}},
				{Name: "Rolling", Roles: []string{"web"}, Run: "#{unless Octopus.Deployment.Error}true#{/unless}", Window: "2", Steps: []pipelines.Step{
					{Name: "Out", Action: pipelines.Action{Type: "script", Settings: []byte(`{"body":"lb out"}`)}},
					{Name: "In", If: "steps.Out.succeeded", Retries: 1, Action: pipelines.Action{Type: "script", Settings: []byte(`{"body":"lb in"}`)}},
				}},
			},
		}},
	}
}

// A step with child steps has no action; as it is stored, that is one of no type
// whose settings are null.
func TestAStepWithoutAnActionIsPrintedWithoutOne(t *testing.T) {
	t.Parallel()
	none := pipelines.Action{Settings: json.RawMessage("null")}
	nouns := textform.Nouns{Projects: []pipelines.Project{{Name: "Shop", Steps: []pipelines.Step{{Name: "Roll", Roles: []string{"web"}, Action: none}}}}}
	if text := string(printed(nouns)); strings.Contains(text, "null") || strings.Contains(text, `""`) {
		t.Errorf("printed:\n%s", text)
	}
}
