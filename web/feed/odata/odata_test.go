package odata

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
)

// number is a Text that is ordered by value.
type numeral string

func (n numeral) String() string { return string(n) }

func (n numeral) CompareTo(text string) (int, bool) {
	a, _ := strconv.Atoi(string(n))
	b, err := strconv.Atoi(text)
	return a - b, err == nil
}

func values(name string) any {
	return map[string]any{
		"Id": "Random.Quotes", "Version": numeral("10"), "IsLatestVersion": true, "Size": 12.0, "Tags": "", "Language": nil,
		"Published": time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC),
	}[name]
}

func knows(name string) bool {
	return slices.Contains([]string{"Id", "Version", "IsLatestVersion", "Size", "Tags", "Language", "Published"}, name)
}

func TestMatches(t *testing.T) {
	t.Parallel()
	for filter, want := range map[string]bool{
		"":                                              true,
		" ":                                             true,
		"IsLatestVersion":                               true,
		"not IsLatestVersion":                           false,
		"not not IsLatestVersion":                       true,
		"IsLatestVersion eq true":                       true,
		"IsLatestVersion eq false":                      false,
		"tolower(Id) eq 'random.quotes'":                true,
		"Id eq 'RANDOM.QUOTES'":                         true,
		"'random.quotes' eq tolower(Id)":                true,
		"Id ne 'x' and Id ne 'y'":                       true,
		"Id eq 'x' or IsLatestVersion":                  true,
		"Id eq 'x' or Id eq 'y' and Id eq 'z'":          false,
		"(Id eq 'x' or IsLatestVersion) and Id":         false,
		"substringof('quotes',tolower(Id))":             true,
		"contains(Id, 'Quotes')":                        true,
		"startswith(Id,'Random')":                       true,
		"endswith(Id,'Random')":                         false,
		"indexof(Id,'Quotes') eq 7":                     true,
		"length(trim(concat(Id,'  '))) eq 13":           true,
		"toupper(Id) eq 'RANDOM.QUOTES'":                true,
		"Version gt '9'":                                true,
		"Version le '9'":                                false,
		"'9' lt Version":                                true,
		"Version gt 'nonsense'":                         false,
		"Size ge 12L":                                   true,
		"Size lt -1.5":                                  false,
		"Language eq null":                              true,
		"Id ne null":                                    true,
		"Id gt null":                                    false,
		"Language lt 'x'":                               false,
		"tolower(Language) eq 'x'":                      false,
		"Id eq 12":                                      false,
		"Published gt datetime'2024-01-01'":             true,
		"Published lt datetime'2024-05-06T07:08:10.5Z'": true,
		"Id eq 'it''s'":                                 false,
		"((((Id ne null) and substringof('quotes',tolower(Id))) or ((Tags ne null) and substringof(' quotes ',tolower(Tags))))) and IsLatestVersion": true,
	} {
		f, err := Parse(filter, knows)
		if err != nil {
			t.Errorf("Parse(%q): %v", filter, err)
			continue
		}
		if got := f.Matches(values); got != want {
			t.Errorf("%q: got %t, want %t", filter, got, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for filter, words := range map[string]string{
		"Nope eq 1":                     `no property "Nope"`,
		"year(Published) eq 2024":       `the function "year" is not known`,
		"tolower(Id,Id)":                "takes 1 values, not 2",
		"tolower()":                     "takes 1 values, not 0",
		"Id eq":                         "ends in the middle",
		"Id eq 'x":                      "does not end",
		"(Id eq 'x'":                    "ends in the middle",
		"Id eq 'x')":                    `")" stands where`,
		"Id 'x'":                        "a value stands where none",
		"Id eq 'x' Id":                  `"Id" stands where`,
		"tolower(Id Id)":                `"Id" stands where`,
		"Id = 'x'":                      `"=" has no meaning`,
		"Id add 1 eq 2":                 `"add" stands where`,
		"Published gt datetime'soon'":   `"soon" is no time`,
		"Published gt datetime'":        "does not end",
		"Size eq 1.2.3":                 "is no number",
		"Id eq binary'00'":              `type "binary"`,
		strings.Repeat("(", 100):        "nested deeper",
		strings.Repeat("tolower(", 100): "nested deeper",
		strings.Repeat("Id and ", 300):  "more than 256 parts",
		strings.Repeat(" ", 20_000):     "longer than",
		"Id eq '" + strings.Repeat("x", 500) + "' eq": "…",
	} {
		_, err := Parse(filter, knows)
		if pipelines.CodeOf(err) != pipelines.Invalid || !strings.Contains(err.Error(), words) {
			t.Errorf("Parse(%.60q) = %v, want a refusal with %q", filter, err, words)
		}
	}
}

func TestOnly(t *testing.T) {
	t.Parallel()
	for filter, want := range map[string][]string{
		"":                                       nil,
		"Id eq 'A'":                              {"A"},
		"tolower(Id) eq 'a' and IsLatestVersion": {"a"},
		"IsLatestVersion and tolower(Id) eq 'a'": {"a"},
		"Id eq 'a' or toupper(Id) eq 'B'":        {"a", "B"},
		"Id eq 'a' or IsLatestVersion":           nil,
		"not (Id eq 'a')":                        nil,
		"Id ne 'a'":                              nil,
		"Version eq '1'":                         nil,
		"(Id eq 'a' or Id eq 'b') and Version eq '1'": {"a", "b"},
	} {
		f, err := Parse(filter, knows)
		if got := f.Only("Id"); err != nil || !slices.Equal(got, want) || (got == nil) != (want == nil) {
			t.Errorf("Only of %q = %q, %v, want %q", filter, got, err, want)
		}
	}
}

func TestOrder(t *testing.T) {
	t.Parallel()
	got := Order("DownloadCount desc, Id,concat(Title,Id) , Version  DESC,, a b c,Published asc")
	want := []Key{{"DownloadCount", true}, {"Id", false}, {"Version", true}, {"Published", false}}
	if !slices.Equal(got, want) {
		t.Errorf("Order = %v, want %v", got, want)
	}
	for text, want := range map[string]string{"'it''s'": "it's", "bare": "bare", "'": "'", "": "", "''": ""} {
		if got := Unquoted(text); got != want {
			t.Errorf("Unquoted(%q) = %q, want %q", text, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("tolower(Id) eq 'x' and not (Version gt '1' or Published lt datetime'2024-01-01')")
	f.Add("substringof('a',concat(Id,Tags)) eq true")
	f.Add("((Id ne null) and Size ge -1.5L)")
	f.Fuzz(func(t *testing.T, text string) {
		filter, err := Parse(text, knows)
		if err != nil {
			if pipelines.CodeOf(err) != pipelines.Invalid {
				t.Errorf("Parse(%q) = %v, want a refusal", text, err)
			}
			return
		}
		filter.Matches(values)
		if ids := filter.Only("Id"); ids != nil && filter.Matches(values) && !slices.ContainsFunc(ids, func(id string) bool { return strings.EqualFold(id, "Random.Quotes") }) {
			t.Errorf("%q matches Random.Quotes, but Only says %q", text, ids)
		}
		Order(text)
	})
}
