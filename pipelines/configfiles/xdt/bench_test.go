package xdt_test

import (
	"fmt"
	"strings"
	"testing"

	"slipway/pipelines/configfiles/xdt"
)

// largeConfig has n settings; 60,000 are about 5 MB.
func largeConfig(n int) []byte {
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\"?>\n<configuration>\n  <appSettings>\n")
	for i := range n {
		fmt.Fprintf(&b, "    <add key=\"Some.Setting.Number.%d\" value=\"the value of setting %d\" />\n", i, i)
	}
	b.WriteString("  </appSettings>\n  <system.web>\n    <compilation debug=\"true\" />\n  </system.web>\n</configuration>\n")
	return []byte(b.String())
}

func settingsTransform(count, apart int) []byte {
	var b strings.Builder
	b.WriteString("<configuration" + marked + ">\n  <appSettings>\n")
	for i := range count {
		fmt.Fprintf(&b, "    <add key=\"Some.Setting.Number.%d\" value=\"new\" xdt:Transform=\"%s\" xdt:Locator=\"Match(key)\" />\n",
			i*apart, []string{"SetAttributes", "Replace", "Remove", "RemoveAttributes(value)", "InsertIfMissing", "SetAttributes(value)"}[i%6])
	}
	b.WriteString("  </appSettings>\n  <system.web>\n    <compilation xdt:Transform=\"RemoveAttributes(debug)\" />\n  </system.web>\n</configuration>\n")
	return []byte(b.String())
}

func BenchmarkApply(b *testing.B) {
	source, transform := largeConfig(60_000), settingsTransform(20, 3000)
	b.SetBytes(int64(len(source)))
	b.ReportAllocs()
	for b.Loop() {
		if _, report, err := xdt.Apply(source, transform); err != nil || len(report.Messages) > 0 {
			b.Fatal(err, report)
		}
	}
}

func BenchmarkApplyManyTransforms(b *testing.B) {
	source, transform := largeConfig(10_000), settingsTransform(10_000, 1)
	b.SetBytes(int64(len(source)))
	b.ReportAllocs()
	for b.Loop() {
		if _, report, err := xdt.Apply(source, transform); err != nil || len(report.Messages) > 0 {
			b.Fatal(err, report)
		}
	}
}
