package feedserver

import (
	"bytes"
	"testing"
	"testing/fstest"

	"slipway/pipelines/packagefile"
)

// Nupkg packs files into a package for a test.
func Nupkg(t testing.TB, id, version string, files map[string]string) []byte {
	t.Helper()
	content := fstest.MapFS{}
	for name, text := range files {
		content[name] = &fstest.MapFile{Data: []byte(text), Mode: 0o644}
	}
	var packed bytes.Buffer
	err := packagefile.Pack(&packed, packagefile.PackInput{
		ID: id, Version: version, Format: packagefile.Nupkg, ReleaseNotes: "Notes of " + version, Files: content,
	})
	if err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}
