package yamlfile

import (
	"fmt"
	"strings"
	"testing"

	"slipway/pipelines/configfiles/fill"
	"slipway/pipelines/octostache"
)

func BenchmarkReplace(b *testing.B) {
	var text strings.Builder
	for i := 0; text.Len() < 1<<20; i++ {
		fmt.Fprintf(&text, "service%d:\n  # number %d\n  image: \"registry.example.com/app:%d\"\n  ports:\n  - 80\n  - 443\n  env: {MODE: test, LEVEL: 3}\n", i, i, i)
	}
	content := []byte(text.String())
	vars := octostache.NewVariables()
	vars.Set("service1:image", "new")
	vars.Set("service2:ports:1", "8443")
	vars.Set("service3:env", "MODE: live")
	values := fill.New(vars, octostache.Options{})
	b.SetBytes(int64(len(content)))
	b.ReportAllocs()
	for b.Loop() {
		if _, report, err := Replace(content, values); err != nil || report.Replaced != 3 {
			b.Fatal(report, err)
		}
	}
}
