package main

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"slipway/pipelines/nginxconf"
	"slipway/pipelines/octostache"
)

// nginxCase is a site in Octopus's variables and the files it becomes.
type nginxCase struct {
	Input struct {
		Expand     *bool                       `json:"expand_variables"`
		Root       *nginxconf.OctopusLocation  `json:"root_location"`
		Additional []nginxconf.OctopusLocation `json:"additional_locations"`
	} `json:"input"`
	Variables orderedVariables `json:"variables"`
	Expected  struct {
		Error     bool              `json:"error"`
		Files     map[string]string `json:"files"`
		Absent    []string          `json:"absent"`
		ConfFiles *int              `json:"conf_files"`
		ConfDirs  *int              `json:"conf_dirs"`
		InConfD   *int              `json:"files_in_conf_d"`
		EndsWith  string            `json:"conf_file_ends_with"`
		Flat      bool              `json:"no_nested_directories"`
	} `json:"expected"`
}

func checkNginx(raw []byte) error {
	c := nginxCase{Variables: orderedVariables{octostache.NewVariables()}}
	if err := readCase(raw, &c); err != nil {
		return err
	}
	described := nginxconf.FromVariables(c.get)
	if c.Input.Root != nil {
		described.Site.Locations = nil
		for _, l := range append([]nginxconf.OctopusLocation{*c.Input.Root}, c.Input.Additional...) {
			described.Site.Locations = append(described.Site.Locations, l.Location())
		}
	}
	written, err := nginxconf.Render(described.Site, nginxconf.Octopus)
	if (err != nil) != c.Expected.Error {
		return fmt.Errorf("error %v, want %v", err, c.Expected.Error)
	}
	staged := map[string]string{}
	for _, f := range written {
		staged["conf"+strings.TrimPrefix(f.Path, nginxconf.Directory(described.Site))] = f.Text
	}
	folder := c.get("Octopus.Action.Nginx.CertificatesDirectory")
	if folder == "" {
		folder = nginxconf.DefaultCertificates
	}
	for _, f := range described.Certificates {
		staged["ssl"+strings.TrimPrefix(f.Path, folder)] = f.Text
	}
	return c.compare(staged)
}

func (c *nginxCase) get(name string) string {
	text, _ := c.Variables.Get(name)
	if c.Input.Expand != nil && !*c.Input.Expand {
		return text
	}
	result, err := octostache.Evaluate(text, c.Variables.Variables, octostache.Options{Now: time.Date(2030, 5, 22, 9, 5, 0, 0, time.UTC)})
	if err != nil {
		return text
	}
	return result.Text
}

func (c *nginxCase) compare(staged map[string]string) error {
	for name, want := range c.Expected.Files {
		got, ok := staged[name]
		if !ok || plainEnd(got) != plainEnd(want) {
			return fmt.Errorf("%s is %q (there: %v), want %q", name, got, ok, want)
		}
	}
	if c.Expected.Files != nil {
		for name := range staged {
			if _, ok := c.Expected.Files[name]; !ok && !strings.HasSuffix(name, ".key") {
				return fmt.Errorf("%s is written and should not be", name)
			}
		}
	}
	for _, name := range c.Expected.Absent {
		if _, ok := staged[name]; ok {
			return fmt.Errorf("%s is written and should not be", name)
		}
	}
	return c.count(staged)
}

func (c *nginxCase) count(staged map[string]string) error {
	files, inside := 0, 0
	var dirs []string
	for name := range staged {
		switch dir := path.Dir(name); {
		case dir == "conf":
			files++
			if !strings.HasSuffix(name, c.Expected.EndsWith) {
				return fmt.Errorf("%s does not end with %s", name, c.Expected.EndsWith)
			}
		case path.Dir(dir) == "conf":
			inside++
			if !slices.Contains(dirs, dir) {
				dirs = append(dirs, dir)
			}
		case c.Expected.Flat:
			return fmt.Errorf("%s lies too deep", name)
		}
	}
	for what, pair := range map[string]struct {
		got  int
		want *int
	}{"files": {files, c.Expected.ConfFiles}, "folders": {len(dirs), c.Expected.ConfDirs}, "files in folders": {inside, c.Expected.InConfD}} {
		if pair.want != nil && pair.got != *pair.want {
			return fmt.Errorf("%d %s below conf, want %d", pair.got, what, *pair.want)
		}
	}
	return nil
}

// plainEnd is a text as these cases compare it.
func plainEnd(text string) string {
	return strings.TrimRight(strings.ReplaceAll(text, "\r\n", "\n"), " \t\r\n")
}
