package pipelines_test

import (
	"strings"
	"testing"

	"slipway/pipelines"
)

// TestHowLongNamesAndAddressesAre: counted as people see names, and in bytes what
// mail servers take.
func TestHowLongNamesAndAddressesAre(t *testing.T) {
	t.Parallel()
	domain := "@" + strings.Repeat("d.", 30) + "example.org"
	for name, c := range map[string]struct {
		user pipelines.User
		path string // "" where nothing is wrong
	}{
		"none of both":              {pipelines.User{}, ""},
		"a name of 100 letters":     {pipelines.User{DisplayName: strings.Repeat("a", 100)}, ""},
		"of 100 wide letters":       {pipelines.User{DisplayName: strings.Repeat("語", 100)}, ""},
		"of 101 letters":            {pipelines.User{DisplayName: strings.Repeat("a", 101)}, "display-name"},
		"of 101 wide letters":       {pipelines.User{DisplayName: strings.Repeat("語", 101)}, "display-name"},
		"with a line break":         {pipelines.User{DisplayName: "Ada\nLovelace"}, "display-name"},
		"that turns the direction":  {pipelines.User{DisplayName: "Ada \u202eecalevoL"}, "display-name"},
		"that is no text":           {pipelines.User{DisplayName: "Ada \xff"}, "display-name"},
		"an address of 254 bytes":   {pipelines.User{Mail: strings.Repeat("a", 254-len(domain)) + domain}, ""},
		"of 255 bytes":              {pipelines.User{Mail: strings.Repeat("a", 255-len(domain)) + domain}, "mail"},
		"that is none":              {pipelines.User{Mail: "ada"}, "mail"},
		"with a header behind":      {pipelines.User{Mail: "ada@example.org\r\nBcc: eve@example.org"}, "mail"},
		"with a name around":        {pipelines.User{Mail: "Ada <ada@example.org>"}, "mail"},
		"several, with commas":      {pipelines.User{Mail: "ada@example.org,eve@example.org"}, "mail"},
		"with letters of all kinds": {pipelines.User{Mail: "ada.lovelace+slipway@sub.example.org"}, ""},
	} {
		c.user.Username = "ada"
		found := c.user.Check()
		if c.path == "" && len(found) > 0 || c.path != "" && (len(found) != 1 || found[0].Path != c.path) {
			t.Errorf("%s: Check() = %v, want %q", name, found, c.path)
		}
	}
}
