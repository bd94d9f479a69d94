package steps_test

import (
	"strings"
	"testing"

	"slipway/pipelines/steps"
	"slipway/pipelines/textform"
)

// written uses every setting that a package step and an nginx step share.
const written = `projects:
  - name: Shop
    steps:
      - name: Install
        roles: [web]
        package:
          id: Shop
          pre-deploy: echo pre
          substitute-in-files: ['*.txt']
          output-encoding: utf-8
          config-transforms: { automatic: true, files: [web.X.config => web.config], ignore-errors: true, warnings-as-errors: false }
          config-variables: true
          structured-variables: [settings.json]
          install-directory: /srv/shop
          purge: true
          purge-except: [uploads]
          skip-if-installed: true
          packaged-scripts: false
          fail-on-error-output: true
      - name: Serve
        roles: [web]
        nginx:
          package: Shop
          bindings: [{ port: 80 }]
          locations: [{ path: /, headers: [{ X-A: 1 }] }]
          deploy: echo deploy
          packaged-scripts: true
      - name: Serve from IIS
        roles: [web]
        iis:
          package: Shop
          feed: Artifactory
          site:
            name: Shop-#{Octopus.Environment.Name}
            web-root: public
            pool: { name: Shop, framework: v4.0, identity: SpecificUser, user: CORP\shop, password: '#{Pool Password}', start: false }
            bindings:
              - { port: 8081 }
              - { protocol: https, address: 10.0.0.1, port: 443, host: a.example.org, certificate: Mine, require-sni: true, enabled: '#{Https}' }
              - { port: 8082, enabled: false }
            existing-bindings: merge
            authentication: { anonymous: true, basic: false, windows: false }
            start: false
          application: { site: Default Web Site, path: /shop, root: app, pool: { name: App } }
          virtual-directory: { site: Default Web Site, path: /pictures, root: 'D:\Pictures' }
          offline: true
          keep-new-path: true
          change-retries: 0
          change-pause: 2s
      - name: Say
        roles: [web]
        script:
          body: echo
          parameters: -v
          fail-on-error-output: true
`

// TestSettingsInText reads the written form, prints it, and reads that again.
func TestSettingsInText(t *testing.T) {
	t.Parallel()
	types := textform.StepTypes{}
	for name, kind := range steps.Types() {
		types[name] = kind.Settings
	}
	parse := func(text string) textform.Document {
		t.Helper()
		doc, found := textform.Parse([]textform.File{{Name: "slipway.yaml", Text: []byte(text)}}, types, nil)
		if len(found) > 0 {
			t.Fatalf("problems: %v\n%s", found, text)
		}
		return doc
	}
	first := parse(written)
	printed := string(textform.Print(first.Nouns, types))
	again := parse(printed)
	for i, want := range []string{
		`{"id":"Shop","pre-deploy":"echo pre","substitute-in-files":["*.txt"],"output-encoding":"utf-8","config-transforms":{"automatic":true,"files":["web.X.config =\u003e web.config"],"ignore-errors":true,"warnings-as-errors":false},"config-variables":true,"structured-variables":["settings.json"],"install-directory":"/srv/shop","purge":true,"purge-except":["uploads"],"skip-if-installed":true,"packaged-scripts":false,"fail-on-error-output":true}`,
		`{"package":"Shop","bindings":[{"port":"80"}],"locations":[{"path":"/","headers":[{"X-A":"1"}]}],"deploy":"echo deploy","packaged-scripts":true}`,
		`{"package":"Shop","feed":"Artifactory","site":{"name":"Shop-#{Octopus.Environment.Name}","web-root":"public","pool":{"name":"Shop","framework":"v4.0","identity":"SpecificUser","user":"CORP\\shop","password":"#{Pool Password}","start":false},"bindings":[{"port":"8081"},{"protocol":"https","address":"10.0.0.1","port":"443","host":"a.example.org","certificate":"Mine","require-sni":true,"enabled":"#{Https}"},{"port":"8082","enabled":"false"}],"existing-bindings":"merge","authentication":{"anonymous":true},"start":false},"application":{"site":"Default Web Site","path":"/shop","root":"app","pool":{"name":"App"}},"virtual-directory":{"site":"Default Web Site","path":"/pictures","root":"D:\\Pictures"},"offline":true,"keep-new-path":true,"change-retries":0,"change-pause":"2s"}`,
		`{"body":"echo","parameters":"-v","fail-on-error-output":true}`,
	} {
		for _, doc := range []textform.Document{first, again} {
			if got := string(doc.Projects[0].Steps[i].Action.Settings); got != want {
				t.Errorf("step %d is read as\n%s\nwant\n%s", i+1, got, want)
			}
		}
	}
	for _, key := range []string{"packaged-scripts: false", "warnings-as-errors: false", "install-directory: /srv/shop"} {
		if !strings.Contains(printed, key) {
			t.Errorf("printed text has no %q:\n%s", key, printed)
		}
	}
}
