package winnames

import (
	"strings"
	"testing"
)

func TestPath(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"Web.config", "bin/RandomQuotes.dll", `bin\RandomQuotes.dll`, "console.log", "nulls", "aux2", "com", "com10", "lpt", "COM12.txt",
		".gitignore", "a b.txt", "..a/b", "x/../y", "ünï/cödé", "Content/[x] (1)'s~$#%&+,;=@!{}^`.css", strings.Repeat("ü", 255), "a/./b", "conin", "x.con",
	} {
		if err := Path(name); err != nil {
			t.Errorf("Path(%q) = %v, want nil", name, err)
		}
	}
	for _, tt := range []struct{ name, want string }{
		{"CON", `"CON" is the device CON`},
		{"logs/nul", `"nul" is the device NUL`},
		{"a/Aux.config/b", `"Aux.config" is the device AUX`},
		{"prn.tar.gz", "device PRN"},
		{"com1", "device COM1"},
		{"COM¹.txt", "device COM¹"},
		{"lpt9.x", "device LPT9"},
		{"LPT0", "device LPT0"},
		{"nul .txt", "device NUL"},
		{"CONIN$", "device CONIN$"},
		{"name.", "ends with a dot"},
		{"a./b", "ends with a dot"},
		{"name ", "ends with a dot or a space"},
		{`a\b `, "ends with a dot or a space"},
		{"...", "ends with a dot"},
		{"x:y", "hidden stream"},
		{"a/Web.config::$DATA", "hidden stream"},
		{"what?", `holds "?"`},
		{"a/*", `holds "*"`},
		{"a|b", `holds "|"`},
		{`say "x"`, `holds "\""`},
		{"<b>", `holds "<"`},
		{"line\nbreak", "control character"},
		{"a\x1fb", "control character"},
		{"caf\xe9", "UTF-8"},
		{strings.Repeat("ü", 256), "longer than 255"},
		{strings.Repeat("🎈", 128), "longer than 255"},
	} {
		if err := Path(tt.name); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Path(%q) = %v, want an error with %s", tt.name, err, tt.want)
		}
	}
}

func TestKey(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a, b string
		same bool
	}{
		{"Web.config", "web.CONFIG", true}, {`Bin\a`, "bin/A", true}, {"straße", "STRASSE", false}, {"ü", "Ü", true}, {"a", "b", false},
	} {
		if got := Key(tt.a) == Key(tt.b); got != tt.same {
			t.Errorf("%q and %q are one name: %t, want %t", tt.a, tt.b, got, tt.same)
		}
	}
}

func FuzzPath(f *testing.F) {
	for _, seed := range []string{"a/b", "nul.txt", "x. /y", "\xff:", strings.Repeat("a", 300)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		err := Path(name)
		if err == nil && strings.ContainsAny(name, "<>:\"|?*\x00\n") {
			t.Errorf("Path(%q) = nil", name)
		}
		if upper := Path(strings.ToUpper(name)); (err == nil) != (upper == nil) && len(strings.ToUpper(name)) == len(name) && isASCII(name) {
			t.Errorf("Path(%q) = %v, and in capitals %v", name, err, upper)
		}
	})
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= 0x80 }) < 0
}
