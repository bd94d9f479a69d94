package xmltree_test

import (
	"strings"
	"testing"
	"unicode/utf16"

	"slipway/pipelines/configfiles/textfile"
	"slipway/pipelines/configfiles/xmltree"
)

func wide(text string) string {
	var b strings.Builder
	for _, unit := range utf16.Encode([]rune(text)) {
		b.Write([]byte{byte(unit), byte(unit >> 8)})
	}
	return b.String()
}

func TestReadKnowsTheEncoding(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		content  string
		encoding textfile.Encoding
		text     string
	}{
		{"<a>ü</a>", textfile.UTF8, "ü"},
		{"<a>\xfc</a>", textfile.Windows1252, "ü"},
		{"\xef\xbb\xbf<?xml version='1.0' encoding='iso-8859-2'?><a>ü</a>", textfile.UTF8, "ü"},
		{"<?xml version='1.0' encoding='ISO-8859-2'?><a>\xb3</a>", "iso-8859-2", "ł"},
		{"<?xml version='1.0' encoding='utf-16'?><a>ü</a>", textfile.UTF8, "ü"},
		{"<?xml version='1.0' encoding='no-such'?><a>ü</a>", textfile.UTF8, "ü"},
		{"<?xml version='1.0' encoding='utf-8'?><a>\xfc</a>", textfile.Windows1252, "ü"},
		{wide("\uFEFF<a>ü</a>"), textfile.UTF16, "ü"},
		{wide("<?xml version='1.0' encoding='utf-16'?><a>ü</a>"), textfile.UTF16, "ü"},
	} {
		d, file, err := xmltree.Read([]byte(test.content))
		if err != nil {
			t.Errorf("%.60q: %v", test.content, err)
			continue
		}
		if got := d.Element().Value(); got != test.text || file.Encoding != test.encoding {
			t.Errorf("%.60q: %s in %s, want %s in %s", test.content, got, file.Encoding, test.text, test.encoding)
		}
		if got := d.Encode(file); string(got) != test.content {
			t.Errorf("got back %q of %q", got, test.content)
		}
	}
}

func TestEncodeWritesWhatTheFileLacks(t *testing.T) {
	t.Parallel()
	const head = "<?xml version='1.0' encoding=\"iso-8859-1\" ?><a b=''>\xfc</a>"
	d, file, err := xmltree.Read([]byte(head))
	if err != nil {
		t.Fatal(err)
	}
	d.Element().SetAttribute("b", "ł€")
	d.Element().SetText("ü张")
	if got, want := string(d.Encode(file)), "<?xml version='1.0' encoding=\"iso-8859-1\" ?><a b='&#x142;&#x20AC;'>\xfc&#x5F20;</a>"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	d.Element().Append(xmltree.NewComment("ł"))
	if got, want := string(d.Encode(file)), "<?xml version='1.0' encoding=\"utf-8\" ?><a b='&#x142;&#x20AC;'>ü&#x5F20;<!--ł--></a>"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
