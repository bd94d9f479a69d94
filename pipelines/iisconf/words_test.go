package iisconf

import (
	"strings"
	"testing"
)

func TestCleanThumbprint(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		thumbprint:                         thumbprint,
		strings.ToLower(thumbprint):        thumbprint,
		"\u200e" + thumbprint + "\u200f":   thumbprint,
		"\ufeff" + thumbprint + "\r\n":     thumbprint,
		spaced(thumbprint, " "):            thumbprint,
		spaced(thumbprint, ":"):            thumbprint,
		spaced(thumbprint, "\u00a0"):       thumbprint,
		spaced(thumbprint, "\u200b") + " ": thumbprint,
	} {
		if got, err := CleanThumbprint(text); got != want || err != nil {
			t.Errorf("CleanThumbprint(%q) = %q, %v, want %q", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"":                         `thumbprint "" has 0 hexadecimal digits: it needs 40`,
		thumbprint[1:]:             `thumbprint "` + thumbprint[1:] + `" has 39 hexadecimal digits: it needs 40`,
		strings.Repeat("ab", 32):   `thumbprint "` + strings.Repeat("ab", 32) + `" is made with SHA-256: IIS wants the one of SHA-1, with 40 digits`,
		"G" + thumbprint[1:]:       `thumbprint "G` + thumbprint[1:] + `" has 'G' in it: a thumbprint is 40 hexadecimal digits`,
		"#{Mine}":                  `thumbprint "#{Mine}" has '#' in it: a thumbprint is 40 hexadecimal digits`,
		thumbprint[:39] + "\uff11": `thumbprint "` + thumbprint[:39] + "\uff11" + `" has '` + "\uff11" + `' in it: a thumbprint is 40 hexadecimal digits`,
	} {
		if got, err := CleanThumbprint(text); got != "" || err == nil || err.Error() != want {
			t.Errorf("CleanThumbprint(%q) = %q, %v, want %s", text, got, err, want)
		}
	}
}

func spaced(text, by string) string {
	var out []string
	for i := 0; i < len(text); i += 2 {
		out = append(out, text[i:i+2])
	}
	return strings.Join(out, by)
}

func TestParseBinding(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		protocol, information string
		flags                 int
		want                  Binding
	}{
		{"http", "*:80:", 0, Binding{Protocol: "http", Address: "*", Port: 80}},
		{"http", ":81:od-temp.example.com", 0, throwAway},
		{"https", "10.0.0.1:443:a.example.org", 1, Binding{Protocol: "https", Address: "10.0.0.1", Port: 443, Host: "a.example.org", SNI: true}},
		{"https", "[2001:db8::1]:443:", 3, Binding{Protocol: "https", Address: "[2001:db8::1]", Port: 443, SNI: true, Flags: 2}},
		{"net.tcp", "808:*", 0, Binding{Protocol: "net.tcp", Other: "808:*"}},
		{"net.pipe", "*", 0, Binding{Protocol: "net.pipe", Other: "*"}},
	} {
		got, err := ParseBinding(c.protocol, c.information, c.flags)
		if err != nil || got != c.want {
			t.Errorf("ParseBinding(%s %s %d) = %+v, %v, want %+v", c.protocol, c.information, c.flags, got, err, c.want)
		}
		if got.Information() != c.information {
			t.Errorf("%+v says it is %s, and was %s", got, got.Information(), c.information)
		}
	}
	for _, wrong := range []string{"", "80", "80:", "*::", "*:x:", "*:-1:", "*:65536:", "[::1]"} {
		if b, err := ParseBinding("http", wrong, 0); err == nil {
			t.Errorf("ParseBinding(%q) = %+v, want an error", wrong, b)
		}
	}
}

// FuzzTexts: whatever the texts of a host and of a wish are, the answer is a
// list that can be done, or a refusal.
func FuzzTexts(f *testing.F) {
	f.Add("RandomQuotes", "/shop/a", "*:443:a.example.org", "\u200e"+thumbprint)
	f.Add("", "//..", "[::1]:1:", "")
	f.Add("a/b", "\\", ":81:od-temp.example.com", "x")
	f.Fuzz(func(t *testing.T, name, path, information, print string) {
		s := fresh()
		b, err := ParseBinding("https", information, 1)
		if err == nil {
			s.Sites[0].Bindings = append(s.Sites[0].Bindings, b)
		}
		b.Thumbprint, _ = CleanThumbprint(print)
		w := Wanted{
			Site:             &Site{Name: name, PhysicalPath: path, Pool: Pool{Name: print}, Bindings: []Binding{b}},
			Application:      &Application{Site: name, Path: path, PhysicalPath: path, Pool: Pool{Name: name}},
			VirtualDirectory: &VirtualDirectory{Site: "Default Web Site", Path: path, PhysicalPath: path},
		}
		for _, wish := range []Wanted{w, {Site: w.Site}, {Application: &Application{Site: "Default Web Site", Path: path, PhysicalPath: "x", Pool: Pool{Name: "P"}}}, {VirtualDirectory: w.VirtualDirectory}} {
			s.Folders = Folders(wish, s)
			actions, err := Diff(wish, s)
			if err != nil {
				continue
			}
			now := s
			for _, a := range actions {
				if now, err = Apply(now, a); err != nil {
					t.Fatalf("%v in %v", err, actions)
				}
			}
		}
	})
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	none := quotes("Dev", 1)
	none.Bindings = nil
	if got := Warnings(Wanted{Site: none}); len(got) != 1 || !strings.Contains(got[0], `"RandomQuotes-Dev"`) {
		t.Errorf("Warnings = %v, want one that names the site", got)
	}
	if got := Warnings(Wanted{Site: quotes("Dev", 1)}); got != nil {
		t.Errorf("Warnings = %v, want none", got)
	}
}
