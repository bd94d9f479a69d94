package structured

import (
	"errors"
	"strings"
	"testing"

	"slipway/pipelines/configfiles/fill"
	"slipway/pipelines/octostache"
)

func values(pairs ...string) *fill.Values {
	vars := octostache.NewVariables()
	for i := 0; i < len(pairs); i += 2 {
		vars.Set(pairs[i], pairs[i+1])
	}
	return fill.New(vars, octostache.Options{})
}

func TestReplaceFindsTheFormat(t *testing.T) {
	t.Parallel()
	const asJSON, asXML, asYAML, asProperties = "{\"k\":\n1}", "<k>\n<a>1</a></k>", "k: 1\n", "@@\nk=1\n"
	for _, c := range []struct{ name, content, want string }{
		{"a.json", asJSON, JSON},
		{"a.JSON", asJSON, JSON},
		{"a.yaml", asYAML, YAML},
		{"a.b.yml", asYAML, YAML},
		{`c:\x.json\a.Yml`, asYAML, YAML},
		{"x.json/a.xml", asXML, XML},
		{"a.properties", asProperties, Properties},
		{".properties", asProperties, Properties},
		{"a.yaml", asJSON, JSON},
		{"a.xml", asJSON, JSON},
		{"a.properties", asJSON, JSON},
		{"a", asJSON, JSON},
		{"a", asXML, XML},
		{"a", asYAML, YAML},
		{"a", asProperties, Properties},
		{"Web.config", asXML, XML},
	} {
		_, got, report, err := Replace(c.name, []byte(c.content), values("k", "2", "/k/a", "2"), Options{})
		if got != c.want || report.Replaced != 1 || err != nil {
			t.Errorf("Replace(%s, %q) used %q (%+v, %v), want %q", c.name, c.content, got, report, err, c.want)
		}
	}
}

func TestReplaceRefuses(t *testing.T) {
	t.Parallel()
	const broken = "a: [\n\\u"
	for _, c := range []struct {
		name, content string
		options       Options
		last, tried   string
	}{
		{"dir/a.json", "k: 1", Options{}, "JSON", "read as Json and"},
		{"a.yaml", broken, Options{}, "YAML", "read as Json, Yaml and"},
		{"a.xml", broken, Options{}, "XML", "read as Json, Xml and"},
		{"a.properties", broken, Options{}, "properties", "read as Json, Properties and"},
		{"a.txt", broken, Options{}, "properties", "read as Json, Xml, Yaml, Properties and"},
		{"a.yaml", "k: 1", Options{FallbackJSONOnly: true}, "JSON", "read as Json and"},
		{"a.txt", "<k/>", Options{FallbackJSONOnly: true}, "JSON", "read as Json and"},
	} {
		out, used, _, err := Replace(c.name, []byte(c.content), values("k", "hunter2"), c.options)
		wrong, ok := errors.AsType[*fill.SyntaxError](err)
		if !ok || wrong.Format != c.last || out != nil || used != "" {
			t.Errorf("Replace(%s, %q) = %q, %q, %v, want an error of %s", c.name, c.content, out, used, err, c.last)
			continue
		}
		if text := err.Error(); !strings.Contains(text, c.tried) || !strings.Contains(text, c.name) {
			t.Errorf("Replace(%s): %q, want the file and %q", c.name, text, c.tried)
		}
	}
}

// What is wrong with a variable is no reason to try another format.
func TestReplaceStopsAtVariables(t *testing.T) {
	t.Parallel()
	_, used, _, err := Replace("a.yaml", []byte(`{"k":1}`), values("k", "#{l}", "l", "#{k}"), Options{})
	if used != JSON || err == nil || !strings.Contains(err.Error(), "a.yaml") || !strings.Contains(err.Error(), `"k"`) {
		t.Errorf("Replace = %q, %v, want an error about variable k as JSON", used, err)
	}
	_, _, _, err = Replace("a.yaml", make([]byte, fill.MaxBytes+1), values(), Options{})
	if err == nil || !strings.Contains(err.Error(), "a.yaml") {
		t.Errorf("Replace of a file that is too large: %v", err)
	}
}
