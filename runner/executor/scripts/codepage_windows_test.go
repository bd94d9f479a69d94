package scripts

import "testing"

func TestFromCodePage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		page     uint32
		in, want string
	}{
		{850, "gr\x81n\n", "grün\n"}, {437, "\x80", "Ç"}, {850, "", ""}, {4242, "as it is", "as it is"},
	} {
		if got := string(fromCodePage(c.page, []byte(c.in))); got != c.want {
			t.Errorf("fromCodePage(%d, %q) = %q, want %q", c.page, c.in, got, c.want)
		}
	}
}
