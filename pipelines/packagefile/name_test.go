package packagefile

import (
	"strings"
	"testing"

	"slipway/pipelines"
)

func TestParseName(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ file, id, version, ext string }{
		{"RandomQuotes.1.0.7.nupkg", "RandomQuotes", "1.0.7", ".nupkg"},
		{"in/a/folder/RandomQuotes.1.0.7.zip", "RandomQuotes", "1.0.7", ".zip"},
		{`C:\drop\RandomQuotes.1.0.7.zip`, "RandomQuotes", "1.0.7", ".zip"},
		{"Acme.Web-Shop_2.1.zip", "Acme.Web-Shop_2", "1", ".zip"},
		{"Acme.Web.2.Core.3.1.zip", "Acme.Web.2.Core", "3.1", ".zip"},
		{"7zip.19.0.tgz", "7zip", "19.0", ".tgz"},
		{"App.1.0.01-beta.2+sha.5.tar.gz", "App", "1.0.01-beta.2+sha.5", ".tar.gz"},
		{"App.1.TAR.GZ", "App", "1", ".TAR.GZ"},
		{"Größe.1.0.zip", "Größe", "1.0", ".zip"},
		{"App-1.2.zip", "App-1", "2", ".zip"}, // odd, but so it is read elsewhere
		{"1.0.zip", "1", "0", ".zip"},
		{"App.v1.0.zip", "App.v1", "0", ".zip"},
		{"My%2FApp@S1.2-x@0123ABCD.zip", "My/App", "1.2-x", ".zip"},
		{"App@Olatest@0123ABCD.tar", "App", "latest", ".tar"},
		{"App@M[1,2%29@0123ABCD.jar", "App", "[1,2)", ".jar"},
	} {
		id, version, ext, err := ParseName(c.file)
		if id != c.id || version != c.version || ext != c.ext || err != nil {
			t.Errorf("ParseName(%q) = %q, %q, %q, %v, want %q, %q, %q", c.file, id, version, ext, err, c.id, c.version, c.ext)
		}
	}
}

func TestRefusedNames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ file, want string }{
		{"", "no file extension"},
		{"README", "no file extension"},
		{"App.1.0.7z", `".7z" is not supported; a package ends in .ear`},
		{"App.zip", "name it <id>.<version>.zip"},
		{".1.0.zip", "name it"},
		{"App..1.0.zip", "name it"},
		{"App--x.1.0.zip", "name it"},
		{"My App.1.0.zip", "name it"},
		{"App.1. 0.zip", "name it"},
		{"App.1.0.9999999999-ä.zip", "name it"},
		{"App@X1.0@00.zip", "name it"},
		{"App@Sx@00.zip", "name it"},
		{"App@S@00.zip", "name it"},
		{strings.Repeat("a.", 300) + "1.zip", "longer than 512 bytes"},
	} {
		id, version, _, err := ParseName(c.file)
		checkRefusal(t, "ParseName of "+c.file, err, c.want)
		if id != "" || version != "" {
			t.Errorf("ParseName(%q) = %q, %q with an error, want nothing", c.file, id, version)
		}
	}
}

func TestCheckID(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"a", "RandomQuotes", "Acme.Web-Shop_2", "_x__y", "9", "Größe", strings.Repeat("x", 200)} {
		if err := CheckID(id); err != nil {
			t.Errorf("CheckID(%q) = %v, want nil", id, err)
		}
	}
	for _, id := range []string{"", ".", "..", "a..b", "a.-b", ".a", "a.", "-a", "a-", "a b", "a/b", `a\b`, "a\xff", "a%2Fb", strings.Repeat("x", 201)} {
		checkRefusal(t, "CheckID of "+id, CheckID(id), "package id")
	}
}

func TestEscapeName(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ plain, escaped string }{
		{"1.0.7+meta", "1.0.7+meta"},
		{"a b-ü", "a b-ü"},
		{`%<>:"/\|?@`, "%25%3C%3E%3A%22%2F%5C%7C%3F%40"},
		{"%41", "%2541"},
	} {
		if got := EscapeName(c.plain); got != c.escaped {
			t.Errorf("EscapeName(%q) = %q, want %q", c.plain, got, c.escaped)
		}
		if got := UnescapeName(c.escaped); got != c.plain {
			t.Errorf("UnescapeName(%q) = %q, want %q", c.escaped, got, c.plain)
		}
	}
	for in, want := range map[string]string{"100%": "100%", "%4": "%4", "%zz%41%": "%zzA%", "%c3%BC": "ü"} {
		if got := UnescapeName(in); got != want {
			t.Errorf("UnescapeName(%q) = %q, want %q", in, got, want)
		}
	}
}

// A plain name gives back its parts, and the id is fit for a folder.
func FuzzParseName(f *testing.F) {
	for _, s := range []string{"App.1.0.7.nupkg", "a/App.1.0.tar.gz", "A@S1@0.zip", "a.b.1.c.2-x+y.zip", "..1.zip", "\xff.1.zip"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, file string) {
		id, version, ext, err := ParseName(file)
		if err != nil {
			if pipelines.CodeOf(err) != pipelines.Invalid {
				t.Errorf("ParseName(%q) = %v, want it refused as invalid", file, err)
			}
			return
		}
		if strings.Count(baseName(file), "@") == 2 {
			return
		}
		if got := id + "." + version + ext; got != baseName(file) || !isID(id) {
			t.Errorf("ParseName(%q) = %q, %q, %q", file, id, version, ext)
		}
	})
}

func checkRefusal(t *testing.T, what string, err error, want string) {
	t.Helper()
	if pipelines.CodeOf(err) != pipelines.Invalid || !strings.Contains(err.Error(), want) {
		t.Errorf("%s: got error %v (%s), want one of code invalid that says %q", what, err, pipelines.CodeOf(err), want)
	}
}

func TestReadNameIsUndoneByCachedName(t *testing.T) {
	t.Parallel()
	for _, n := range []Name{
		{ID: "Shop", Version: "1.0.0", Scheme: SemVer, Ending: ".zip"},
		{ID: "Shop", Version: "1.0.0+meta", Scheme: SemVer, Ending: ".tar.gz"},
		{ID: "com.acme:shop", Version: "1.0-SNAPSHOT", Scheme: Maven, Ending: ".jar"},
		{ID: "a@b/c", Version: "stable.1", Scheme: Octopus, Ending: ".zip"},
		{ID: "100%", Version: "v:1", Scheme: Lexicographic, Ending: ".nupkg"},
	} {
		file := CachedName(n, "0123")
		if got, err := ReadName("some/folder/" + file); err != nil || got != n {
			t.Errorf("ReadName(%q) = %+v, %v, want %+v", file, got, err, n)
		}
	}
}
