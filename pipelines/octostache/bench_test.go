package octostache

import (
	"fmt"
	"strings"
	"testing"
	"text/template"
)

const small = "Deployment of #{Project} to #{Environment}: #{if Failed}failed#{else}done#{/if}."

func smallVariables() *Variables {
	v := NewVariables()
	v.Set("Project", "Random Quotes")
	v.Set("Environment", "Production")
	v.Set("Failed", "false")
	return v
}

func BenchmarkSmall(b *testing.B) {
	v := smallVariables()
	t, err := Parse(small)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := t.Evaluate(v, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSmallTextTemplate(b *testing.B) {
	t := template.Must(template.New("").Parse("Deployment of {{.Project}} to {{.Environment}}: {{if .Failed}}failed{{else}}done{{end}}."))
	v := map[string]any{"Project": "Random Quotes", "Environment": "Production", "Failed": false}
	b.ReportAllocs()
	for b.Loop() {
		var out strings.Builder
		if err := t.Execute(&out, v); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseSmall(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(small); err != nil {
			b.Fatal(err)
		}
	}
}

// script has the shape of the Ruby and NGINX tutorial's: much shell, few tokens.
var script = `SERVICE_NAME=#{Octopus.Action[Deploy web app to Nginx].Package.PackageId | Replace "[^a-zA-Z0-9]" -}-#{Octopus.Environment.Name}
HOME_FOLDER=#{Octopus.Action[Deploy web app to Nginx].Output.Package.InstallationDirectoryPath | Replace "%" "%%"}
` + strings.Repeat("if [ ! -f ${HOME_FOLDER}/x ]; then echo \"nothing for ${SERVICE_NAME}\"; fi # shell\n", 25) + `
chmod +x -R "#{Octopus.Action[Deploy web app to Nginx].Output.Package.InstallationDirectoryPath}/vendor/bin"
`

func BenchmarkTutorialScript(b *testing.B) {
	v := smallVariables()
	v.Set("Octopus.Environment.Name", "Test")
	v.Set("Octopus.Action[Deploy web app to Nginx].Package.PackageId", "RandomQuotes.Ruby")
	v.Set("Octopus.Action[Deploy web app to Nginx].Output.Package.InstallationDirectoryPath", "/opt/apps/RandomQuotes%20Ruby/1.0.8")
	b.ReportAllocs()
	for b.Loop() {
		if r, err := Evaluate(script, v, Options{}); err != nil || len(r.Unresolved) > 0 {
			b.Fatal(r.Unresolved, err)
		}
	}
}

func BenchmarkSet500(b *testing.B) {
	var names []string
	for i := range 500 {
		names = append(names, fmt.Sprintf("Octopus.Action[Step %d].Package.Id%d", i%20, i))
	}
	b.ReportAllocs()
	for b.Loop() {
		v := NewVariables()
		for _, name := range names {
			v.Set(name, "x")
		}
	}
}

// thousand is a set of variables as a deployment has one, with values that
// refer to others.
func thousand() *Variables {
	v := NewVariables()
	for i := range 500 {
		v.Set(fmt.Sprintf("Octopus.Action[Step %d].Package.Id%d", i%20, i), "x")
		v.Set(fmt.Sprintf("Shop:Setting%d", i), fmt.Sprintf("https://#{Shop:Host}/%d", i))
	}
	v.Set("Shop:Host", "shop.example.com")
	return v
}

func BenchmarkOneOfThousand(b *testing.B) {
	v := thousand()
	t, err := Parse("#{Shop:Setting400}")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if r, err := t.Evaluate(v, Options{}); err != nil || r.Text != "https://shop.example.com/400" {
			b.Fatal(r, err)
		}
	}
}

func BenchmarkAllOfThousand(b *testing.B) {
	v := thousand()
	b.ReportAllocs()
	for b.Loop() {
		for _, text := range v.All() {
			if _, err := Evaluate(text, v, Options{}); err != nil {
				b.Fatal(err)
			}
		}
	}
}
