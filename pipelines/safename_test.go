package pipelines

import (
	"strings"
	"testing"
)

func TestSafeName(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 100)
	for _, c := range []struct{ name, want string }{
		{"Dev", "Dev"},
		{"Random Quotes", "Random-Quotes"},
		{"Random-Quotes", "Random-Quotes"},
		{"Deploy web app to Nginx", "Deploy-web-app-to-Nginx"},
		{"Acme.Web_2.1-x", "Acme.Web_2.1-x"},
		{long, long},
		{"Prod (EU)", "Prod-EU-51db7de4"},
		{"Prod [EU]", "Prod-EU-6f5af1f1"},
		{"a  b", "a-b-6e12db73"},
		{" Dev", "Dev-a6f93ba1"},
		{"-Dev", "Dev-3e0be736"},
		{"Dev-", "Dev-eebe6900"},
		{".net", "net-fb74851c"},
		{"Prüfung", "Pr-fung-ffdca298"},
		{"", "name-e3b0c442"},
		{".", "name-cdb4ee2a"},
		{"..", "name-5ec1f7e7"},
		{"../../etc/passwd", "etc-passwd-3754d6cb"},
		{"-rf", "rf-686c39ac"},
		{"東京", "name-130016b2"},
		{"a\x00b\n", "a-b-3a100994"},
		{long + "b", long[:91] + "-d89d25f6"},
	} {
		if got := SafeName(c.name); got != c.want {
			t.Errorf("SafeName(%q) = %q, want %q", c.name, got, c.want)
		}
	}
}

// Names that a person may well have side by side.
func TestSafeNamesStayApart(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 300)
	seen := map[string]string{}
	for _, name := range []string{
		"Prod", "Prod!", "Prod?", "Prod.", ".Prod", "-Prod", "Prod-", " Prod", "Prod ", "prod",
		"Prod EU", "Prod/EU", "Prod  EU", "Prod_EU", "Prod.EU", "Prod (EU)", "Prod [EU]", "ProdEU",
		"Ä", "Ö", "東京", "大阪", "", ".", "..", "...", "-", "--", " ", "  ",
		long, long + "y", long[:100], "name",
	} {
		safe := SafeName(name)
		if other, taken := seen[safe]; taken {
			t.Errorf("SafeName(%q) and SafeName(%q) are both %q", name, other, safe)
		}
		seen[safe] = name
	}
}

func FuzzSafeName(f *testing.F) {
	for _, s := range []string{"Random Quotes", "", "..", "-.-", strings.Repeat("- ", 90), "\xff\xfe", strings.Repeat("a", 90) + "-(b", "a -"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		safe := SafeName(name)
		if safe == "" || len(safe) > longestSafeName || strings.Trim(safe, "-") != safe || safe[0] == '.' {
			t.Errorf("SafeName(%q) = %q: empty, too long, or with a bad sign at an end", name, safe)
		}
		for i := range len(safe) {
			if !isSafe(safe[i]) {
				t.Errorf("SafeName(%q) = %q has %q in it", name, safe, safe[i])
			}
		}
		if again := SafeName(safe); again != safe {
			t.Errorf("SafeName(%q) = %q, whose own safe name is %q", name, safe, again)
		}
	})
}
