package feednews

import (
	"errors"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
)

const deployed = `{"domain": "artifact", "event_type": "deployed", "data": {"repo_key": "nuget-local", "path": "a/Random.Quotes.1.0.8-beta.2.nupkg",
	"name": "Random.Quotes.1.0.8-beta.2.nupkg", "sha256": "0", "size": 1}, "jpd_origin": "http://localhost", "source": "jfrog/admin"}`

const component = `{"action": "CREATED", "component": {"format": "nuget", "name": "Quotes", "version": "1.2.3"}, "items": [{"name": "x/y/Quotes.4.5.6.zip"}]}`

func TestRead(t *testing.T) {
	t.Parallel()
	named := func(name string) string {
		return `{"domain": "artifact", "event_type": "deployed", "data": {"name": ` + name + `}}`
	}
	apart := pipelines.FeedWebhook{Event: "action", Is: "created", Package: "component.name", Version: "component.version"}
	for _, c := range []struct {
		what, message string
		at            pipelines.FeedWebhook
		want          News
		wrong         string
	}{
		{"Artifactory", deployed, pipelines.FeedWebhook{}, News{"Random.Quotes", "1.0.8-beta.2"}, ""},
		{"by the path", deployed, pipelines.FeedWebhook{File: "data.path"}, News{"Random.Quotes", "1.0.8-beta.2"}, ""},
		{"no domain", strings.Replace(deployed, "domain", "x", 1), pipelines.FeedWebhook{}, News{"Random.Quotes", "1.0.8-beta.2"}, ""},
		{"deleted", strings.Replace(deployed, "deployed", "deleted", 1), pipelines.FeedWebhook{}, News{}, ErrOther.Error()},
		{"another domain", strings.Replace(deployed, `"artifact"`, `"docker"`, 1), pipelines.FeedWebhook{}, News{}, ErrOther.Error()},
		{"apart", component, apart, News{"Quotes", "1.2.3"}, ""},
		{"apart, another event", strings.Replace(component, "CREATED", "UPDATED", 1), apart, News{}, ErrOther.Error()},
		{"in a list", component, pipelines.FeedWebhook{File: "items.0.name"}, News{"Quotes", "4.5.6"}, ""},
		{"past a list", component, pipelines.FeedWebhook{File: "items.1.name"}, News{}, "nothing at items.1.name"},
		{"a key of a list", component, pipelines.FeedWebhook{File: "items.name"}, News{}, "nothing at items.name"},
		{"a key of a text", component, pipelines.FeedWebhook{File: "action.name"}, News{}, "nothing at action.name"},
		{"another file", named(`"SHA256SUMS"`), pipelines.FeedWebhook{}, News{}, ErrNoPackage.Error()},
		{"no version in it", named(`"Quotes.nupkg"`), pipelines.FeedWebhook{}, News{}, "does not say its id and version"},
		{"a way out", named(`"../../Quotes.1.0.0.nupkg"`), pipelines.FeedWebhook{}, News{"Quotes", "1.0.0"}, ""},
		{"a number", named(`7`), pipelines.FeedWebhook{}, News{}, "at data.name is no text"},
		{"null", named(`null`), pipelines.FeedWebhook{}, News{}, "at data.name is no text"},
		{"an object", named(`{"a": 1}`), pipelines.FeedWebhook{}, News{}, "at data.name is no text"},
		{"nothing", named(`""`), pipelines.FeedWebhook{}, News{}, "at data.name is no text"},
		{"too long", named(`"` + strings.Repeat("a", 300) + `.1.0.0.nupkg"`), pipelines.FeedWebhook{}, News{}, "longer than 255 bytes"},
		{"an id that is none", strings.Replace(component, `"Quotes"`, `"a/../b"`, 1), apart, News{}, "package id"},
		{"a version that is none", strings.Replace(component, `"1.2.3"`, `"newest"`, 1), apart, News{}, `the version "newest" of package Quotes, which is none`},
		{"no event", `{"data": {"name": "Quotes.1.0.0.nupkg"}}`, pipelines.FeedWebhook{}, News{}, "nothing at event_type"},
		{"empty", ``, pipelines.FeedWebhook{}, News{}, "no JSON"},
		{"half", deployed[:100], pipelines.FeedWebhook{}, News{}, "no JSON"},
		{"a list", `[` + deployed + `]`, pipelines.FeedWebhook{}, News{}, "no JSON object"},
		{"a text", `"deployed"`, pipelines.FeedWebhook{}, News{}, "no JSON object"},
		{"a form", `payload=%7B%7D`, pipelines.FeedWebhook{}, News{}, "no JSON"},
	} {
		got, err := Read([]byte(c.message), c.at)
		if c.wrong == "" && (err != nil || got != c.want) || c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong)) {
			t.Errorf("%s: Read = %+v, %v, want %+v, %q", c.what, got, err, c.want, c.wrong)
		}
	}
}

// What hostile senders send is refused, soon and without a crash.
func TestHostileMessages(t *testing.T) {
	t.Parallel()
	for what, message := range map[string]string{
		"deep":      strings.Repeat(`{"data":`, 1<<17) + `1` + strings.Repeat(`}`, 1<<17)[:1<<16],
		"deep list": `{"event_type":"deployed","domain":"artifact","data":` + strings.Repeat(`[`, 4000) + strings.Repeat(`]`, 4000) + `}`,
		"too large": `{"event_type":"deployed","data":{"name":"` + strings.Repeat("x", LargestMessage) + `"}}`,
		"keys":      `{` + strings.Repeat(`"data":1,`, 100_000) + `"event_type":"deployed"}`,
		"escapes":   `{"event_type":"deployed","data":{"name":"` + strings.Repeat(`\u0000`, 170_000) + `"}}`,
		"queries":   `{"event_type":"deployed","data":{"#(a==1)#":1,"@this":2}}`,
	} {
		began := time.Now()
		_, err := Read([]byte(message), pipelines.FeedWebhook{})
		if code := pipelines.CodeOf(err); code != pipelines.Invalid && !errors.Is(err, ErrOther) {
			t.Errorf("%s: %.200v, want a refusal", what, err)
		}
		if took := time.Since(began); took > time.Second {
			t.Errorf("%s took %s", what, took)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(deployed), "", "", "data.name", "", "")
	f.Add([]byte(component), "action", "CREATED", "", "component.name", "component.version")
	f.Add([]byte(component), "", "", "items.0.name", "", "")
	f.Add([]byte(`{"a":[[[{"":"x.1.0.0.zip"}]]]}`), "", "", "a.0.0.0", "", "")
	f.Fuzz(func(t *testing.T, message []byte, event, is, file, id, version string) {
		at := pipelines.FeedWebhook{Event: event, Is: is, File: file, Package: id, Version: version}
		if len(at.Check()) > 0 {
			at = pipelines.FeedWebhook{}
		}
		got, err := Read(message, at)
		switch {
		case err == nil && (got.Package == "" || got.Version == "" || len(got.Package) > 255 || strings.ContainsAny(got.Package+got.Version, "/\\\x00 ")):
			t.Errorf("Read(%q) = %+v", message, got)
		case err != nil && pipelines.CodeOf(err) != pipelines.Invalid && !errors.Is(err, ErrOther) && !errors.Is(err, ErrNoPackage):
			t.Errorf("Read(%q): %v is no refusal", message, err)
		}
	})
}
