package jsonfile

import (
	"fmt"
	"strings"
	"testing"
)

func BenchmarkReplace(b *testing.B) {
	var file strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&file, "  \"section%d\": {\n    \"name\": \"value %d\",\n    \"list\": [1, 2.5, true, null]\n  },\n", i, i)
	}
	content := []byte("{\n" + file.String() + "\"last\": 1}")
	v := values("last", "2", "section77:name", "new", "section5000:list:2", "false")
	b.SetBytes(int64(len(content)))
	b.ReportAllocs()
	for b.Loop() {
		if _, report, err := Replace(content, v); err != nil || report.Replaced != 3 {
			b.Fatal(report, err)
		}
	}
}
