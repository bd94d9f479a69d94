package propertiesfile

import (
	"fmt"
	"strings"
	"testing"
)

func BenchmarkReplace(b *testing.B) {
	var file strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&file, "# about %d\nsome.key.%d = the value %d\n", i, i, i)
	}
	content := []byte(file.String())
	v := values("some.key.77", "new", "some.key.5000", "newer")
	b.SetBytes(int64(len(content)))
	b.ReportAllocs()
	for b.Loop() {
		if _, report, err := Replace(content, v); err != nil || report.Replaced != 2 {
			b.Fatal(report, err)
		}
	}
}
