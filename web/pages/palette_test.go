package pages

import (
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func styleSheet(t *testing.T) string {
	t.Helper()
	b, err := fs.ReadFile(Static(), "slipway.css")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

var colour = regexp.MustCompile(`--([a-z-]+):(#[0-9a-f]{6});`)

// palettes reads the light and the dark colours; the first block names the light
// ones, the second changes them.
func palettes(t *testing.T) map[string]map[string]string {
	t.Helper()
	css := styleSheet(t)
	light, rest, ok := strings.Cut(css, "@media screen and (prefers-color-scheme: dark)")
	if !ok {
		t.Fatal("slipway.css has no dark palette")
	}
	dark, _, _ := strings.Cut(rest, "\n}\n")
	all := map[string]map[string]string{"light": {}, "dark": {}}
	for name, block := range map[string]string{"light": light, "dark": dark} {
		for _, m := range colour.FindAllStringSubmatch(block, -1) {
			all[name][m[1]] = m[2]
		}
	}
	if len(all["light"]) != len(all["dark"]) || len(all["light"]) < 10 {
		t.Fatalf("the palettes name %d light and %d dark colours, want the same ones in both", len(all["light"]), len(all["dark"]))
	}
	return all
}

func TestPaletteContrast(t *testing.T) {
	t.Parallel()
	const text, graphic = 4.5, 3
	pairs := []struct {
		over, under string
		least       float64
	}{
		{"ink", "paper", 7}, {"ink", "sheet", 7}, {"soft", "paper", text}, {"soft", "sheet", text},
		{"soft", "fail-tint", text}, {"soft", "wait-tint", text}, {"ink", "accent-tint", 7}, {"soft", "accent-tint", text},
		{"accent", "paper", text}, {"accent", "sheet", text}, {"accent", "accent-tint", text}, {"accent-over", "paper", text},
		{"on-accent", "accent", text}, {"on-accent", "accent-over", text}, {"on-fail", "fail", text}, {"paper", "wait", text},
		{"ink", "wait-tint", 7}, {"ink", "fail-tint", 7}, {"fail", "fail-tint", text}, {"wait", "wait-tint", text},
		{"ok", "paper", text}, {"run", "paper", text}, {"wait", "paper", text}, {"fail", "paper", text}, {"still", "paper", text}, {"unknown", "paper", text},
		{"ok", "sheet", text}, {"run", "sheet", text}, {"wait", "sheet", text}, {"fail", "sheet", text}, {"still", "sheet", text},
		{"unknown", "sheet", text}, {"unknown", "wait-tint", graphic}, {"line-strong", "paper", graphic}, {"line-strong", "sheet", graphic},
	}
	for scheme, p := range palettes(t) {
		for _, c := range pairs {
			got := contrast(t, p[c.over], p[c.under])
			if got < c.least {
				t.Errorf("%s: --%s %s on --%s %s has contrast %.2f, want %.1f", scheme, c.over, p[c.over], c.under, p[c.under], got, c.least)
			}
		}
	}
}

// contrast is the ratio of relative luminances, as WCAG 2 defines it.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	la, lb := luminance(t, a), luminance(t, b)
	return (max(la, lb) + .05) / (min(la, lb) + .05)
}

func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(strings.TrimPrefix(hex, "#"), 16, 32)
	if err != nil {
		t.Fatalf("colour %q: %v", hex, err)
	}
	linear := func(v uint64) float64 {
		c := float64(v&0xff) / 255
		if c <= .04045 {
			return c / 12.92
		}
		return math.Pow((c+.055)/1.055, 2.4)
	}
	return .2126*linear(n>>16) + .7152*linear(n>>8) + .0722*linear(n)
}

func TestContrastKnowsBlackAndWhite(t *testing.T) {
	t.Parallel()
	if got := fmt.Sprintf("%.1f", contrast(t, "#000000", "#ffffff")); got != "21.0" {
		t.Errorf("contrast(black, white) = %s, want 21.0", got)
	}
}

func TestStyleSheetStaysSmall(t *testing.T) {
	t.Parallel()
	if size := len(styleSheet(t)); size > 48<<10 {
		t.Errorf("slipway.css has %d bytes, want at most %d", size, 48<<10)
	}
}

// What css/join.sh leaves out.
var (
	comment     = regexp.MustCompile(`/\*[^*]*\*/`)
	lineEnds    = regexp.MustCompile(`(?m)^ +| +$`)
	emptyLine   = regexp.MustCompile(`(?m)^\n`)
	needless    = strings.NewReplacer(" {", "{", "; }", "}", "; ", ";", ", ", ",")
	declaration = regexp.MustCompile(`(?m)(^|[{;])([a-z0-9-]+): `)
)

func joined(css string) string {
	css = emptyLine.ReplaceAllString(lineEnds.ReplaceAllString(comment.ReplaceAllString(css, ""), ""), "")
	return declaration.ReplaceAllString(strings.ReplaceAll(needless.Replace(css), "{ ", "{"), "$1$2:")
}

// The one sheet is the parts beside it, base.css first: css/join.sh writes it.
func TestStyleSheetIsItsParts(t *testing.T) {
	t.Parallel()
	parts, err := filepath.Glob("css/*.css")
	if err != nil {
		t.Fatal(err)
	}
	slices.SortStableFunc(parts, func(a, b string) int {
		if (a == "css/base.css") != (b == "css/base.css") {
			return map[bool]int{true: -1, false: 1}[a == "css/base.css"]
		}
		return strings.Compare(a, b)
	})
	var want strings.Builder
	for _, p := range parts {
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		want.Write(b)
	}
	if styleSheet(t) != joined(want.String()) {
		t.Error("static/slipway.css is not what its parts make: run web/pages/css/join.sh")
	}
}
