package substitute

import (
	"bytes"
	"fmt"
	"testing"

	"slipway/pipelines/octostache"
)

// settings is a file of 134 KB with an expression in each of its 2,000 lines.
func settings() ([]byte, *octostache.Variables) {
	vars := octostache.NewVariables()
	var file bytes.Buffer
	for i := range 2000 {
		vars.Set(fmt.Sprintf("Shop.Setting%04d", i), fmt.Sprintf("value of %d", i))
		fmt.Fprintf(&file, "  \"shop:setting:%04d\": \"#{Shop.Setting%04[1]d}\", // kept as it is..\n", i)
	}
	return file.Bytes(), vars
}

func BenchmarkSettings(b *testing.B) {
	content, vars := settings()
	benchmark(b, content, vars)
}

func BenchmarkPlainText(b *testing.B) {
	_, vars := settings()
	benchmark(b, bytes.Repeat([]byte("nothing # to { put in here, but 66 bytes that have to be gone over\n"), 2000), vars)
}

// One expression makes the whole file go through the parser.
func BenchmarkMostlyText(b *testing.B) {
	_, vars := settings()
	content := bytes.Repeat([]byte("nothing # to { put in here, but 66 bytes that have to be gone over\n"), 2000)
	benchmark(b, append(content, "#{Shop.Setting0001}"...), vars)
}

func benchmark(b *testing.B, content []byte, vars *octostache.Variables) {
	b.Helper()
	b.SetBytes(int64(len(content)))
	b.ReportAllocs()
	for b.Loop() {
		if _, r, err := Substitute(content, vars, Options{}); err != nil || r.Failed() {
			b.Fatal(r, err)
		}
	}
}
