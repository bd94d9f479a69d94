package packagefile

import (
	"strings"
	"testing"
)

func TestSafeEntry(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"a", "a/b.txt", "dir/", "./", "./a", "a/../b", "a/./b", "a//b", "..a/b", "a/...", "spaces in it", "ünï/cödé",
		"Foo::Bar.3pm", `back\slash`, strings.Repeat("deep/", 500) + "x", strings.Repeat("n", 255),
	} {
		if err := SafeEntry(name); err != nil {
			t.Errorf("SafeEntry(%q) = %v, want nil", name, err)
		}
	}
	for _, c := range []struct{ name, want string }{
		{"", "no name"},
		{"..", `entry ".." of the package leads outside`},
		{"../x", `entry "../x"`},
		{"a/../../x", "leads outside"},
		{"./../x", "leads outside"},
		{"/etc/passwd", "absolute path"},
		{"//server/share", "absolute path"},
		{`..\x`, "leads outside"},
		{`a\..\..\x`, "leads outside"},
		{`\x`, "absolute path"},
		{`C:\x`, "drive letter"},
		{"c:x", "drive letter"},
		{"a:b/c", "drive letter"}, // a drive on Windows, wherever it was packed
		{"a\x00b", "zero byte"},
		{strings.Repeat("n", 256), "longer file name"},
		{strings.Repeat("deep/", 900), "longer path"},
	} {
		checkRefusal(t, "SafeEntry of "+c.name, SafeEntry(c.name), c.want)
	}
}

func TestSafeLink(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, target string }{
		{"a", "b"}, {"a/b", "../c"}, {"a/b/c", "../../x/y"}, {"a", "./b/"}, {"a/b", ".."}, {"a/./b", "../c"},
	} {
		if err := SafeLink(c.name, c.target); err != nil {
			t.Errorf("SafeLink(%q, %q) = %v, want nil", c.name, c.target, err)
		}
	}
	for _, c := range []struct{ name, target, want string }{
		{"a", "", "leads outside"},
		{"a", "/etc", "leads outside"},
		{"a", "..", `entry "a" of the package is a symbolic link to ".."`},
		{"a", "../b", "leads outside"},
		{"a/b", "../../c", "leads outside"},
		{"a/../b", "../c", "leads outside"},
		{"a", `..\b`, "leads outside"},
		{"a", `C:\b`, "leads outside"},
		{"a/b", "c/../d", "goes down and up again"},
	} {
		checkRefusal(t, "SafeLink of "+c.name+" to "+c.target, SafeLink(c.name, c.target), c.want)
	}
}

func TestInstalls(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		format, entry, name string
		ok                  bool
	}{
		{Nupkg, "lib/app.rb", "lib/app.rb", true},
		{Nupkg, "my%20file%2B.txt", "my file+.txt", true},
		{Nupkg, "100%", "100%", true},
		{Nupkg, "%2e%2e/x", "../x", true}, // SafeEntry refuses it
		{Nupkg, "tmp/", "tmp", true},
		{Nupkg, "_rels/.rels", "_rels/.rels", false},
		{Nupkg, "_rels/", "_rels", false},
		{Nupkg, "lib/_rels/x", "lib/_rels/x", true},
		{Nupkg, "[Content_Types].xml", "[Content_Types].xml", false},
		{Nupkg, "%5BContent_Types%5D.xml", "[Content_Types].xml", false},
		{Nupkg, "lib/[Content_Types].xml", "lib/[Content_Types].xml", true},
		{Nupkg, "package/services/metadata/core-properties/1.psmdcp", "package/services/metadata/core-properties/1.psmdcp", false},
		{Nupkg, "package/services/other", "package/services/other", true},
		{Nupkg, "RandomQuotes.NuSpec", "RandomQuotes.NuSpec", false},
		{Nupkg, "deep/x.nuspec", "deep/x.nuspec", false},
		{Nupkg, "App.1.0.nupkg.sha512", "App.1.0.nupkg.sha512", false},
		{Nupkg, "inner.nupkg", "inner.nupkg", true},
		{Zip, "my%20file.txt", "my%20file.txt", true},
		{Zip, "x.nuspec", "x.nuspec", true},
		{Zip, "_rels/.rels", "_rels/.rels", true},
		{Zip, `lib\app.rb`, "lib/app.rb", true},
		{Nupkg, `_rels\.rels`, "_rels/.rels", false},
		{TarGz, `back\slash`, `back\slash`, true},
		{TarGz, "./", ".", false},
		{TarGz, "./a/../b", "b", true},
		{TarGz, "", "", false},
	} {
		if name, ok := Installs(c.format, c.entry); name != c.name || ok != c.ok {
			t.Errorf("Installs(%s, %q) = %q, %t, want %q, %t", c.format, c.entry, name, ok, c.name, c.ok)
		}
	}
}
