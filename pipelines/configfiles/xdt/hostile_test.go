package xdt_test

import (
	"strings"
	"testing"
	"time"

	"slipway/pipelines/configfiles/xdt"
)

func TestHostileFilesEnd(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("<a>", 900) + strings.Repeat("</a>", 900)
	wide := "<a>" + strings.Repeat("<b/>", 20_000) + "</a>"
	cases := []struct{ name, source, transform string }{
		{"deep insert", deep, strings.Replace(strings.Replace(deep, "<a>", "<a"+marked+">", 1), "<a></a>", "<a><c xdt:Transform='Insert'/></a>", 1)},
		{"too deep together", deep, "<a" + marked + ">" + "<a xdt:Transform='Insert'>" + deep + "</a></a>"},
		{"attributes on everything", wide, "<a" + marked + "><b " + strings.Repeat("x", 200) + "='1' y='2' xdt:Transform='SetAttributes'/></a>"},
		{"inserted before everything", wide, "<a" + marked + ">" + strings.Repeat("<c xdt:Transform='InsertBefore(b)'/>", 50) + "</a>"},
		{"removed one by one", wide, "<a" + marked + ">" + strings.Repeat("<b xdt:Transform='Remove'/>", 1000) + "</a>"},
		{"quadratic path", wide, "<a" + marked + "><b xdt:Locator='XPath(//b[//b[//b]])' xdt:Transform='RemoveAll'/></a>"},
	}
	for _, c := range cases {
		start := time.Now()
		if _, _, err := xdt.Apply([]byte(c.source), []byte(c.transform)); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		took := time.Since(start)
		t.Logf("%s: %v", c.name, took)
		if took > 60*time.Second {
			t.Errorf("%s took %v", c.name, took)
		}
	}
}
