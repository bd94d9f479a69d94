package xdt_test

import (
	"testing"
	"time"

	"slipway/pipelines/configfiles/xdt"
	"slipway/pipelines/configfiles/xmltree"
)

func FuzzApply(f *testing.F) {
	for _, transform := range []string{
		`<b k="1" xdt:Transform="Replace" xdt:Locator="Match(k)"><c>x</c></b>`,
		`<b xdt:Transform="RemoveAll" xdt:Locator="Condition(@k='1' or c)"/>`,
		`<q:b xmlns:q="urn:q" q:z="1" xdt:Transform="Insert"><!-- x --></q:b>`,
		`<b xdt:Transform="InsertBefore(/a/b[2])"/><b z="9" xdt:Transform="SetAttributes(z)" xdt:Locator="XPath(//b)"/>`,
		`<b xdt:Transform="CommentOut"/><b xdt:Transform="RemoveAttributes" xdt:SupressWarnings="true"/>`,
		`<b xdt:Transform="InsertIfMissing"><b xdt:Transform="InsertAfter(b)"/></b>`,
	} {
		f.Add("<a>\n  <b k='1' j='2'/><b\n k='2'>text<c/></b>\n</a>", "<a"+marked+">"+transform+"</a>")
	}
	f.Fuzz(func(t *testing.T, source, transform string) {
		start := time.Now()
		out, report, err := xdt.Apply([]byte(source), []byte(transform))
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("Apply took %v", took)
		}
		if err != nil || report.Count(xdt.Error) > 0 {
			return
		}
		if _, _, err := xmltree.Read(out); err != nil {
			t.Errorf("the result is no XML: %v in %q", err, out)
		}
	})
}
