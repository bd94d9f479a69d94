package aspnet

import (
	"strings"
	"testing"
)

func TestAPageIsServed(t *testing.T) {
	t.Parallel()
	page := Page(t, "../tutorials/randomquotes-aspnet")
	if !strings.Contains(page, "running in DEV") {
		t.Errorf("the page is\n%s", page)
	}
}
