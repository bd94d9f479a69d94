package ledger

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/windows"
)

// TestTheAccessListNamesThreeOnly: what is asked for, not what the system makes of it.
func TestTheAccessListNamesThreeOnly(t *testing.T) {
	t.Parallel()
	sd, err := ownersOnly()
	if err != nil {
		t.Fatal(err)
	}
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		t.Fatal(err)
	}
	text := sd.String()
	me := user.User.Sid.String()
	if !strings.HasPrefix(text, "D:P") || strings.Count(text, "(A;OICI;FA;;;") != 3 || strings.Count(text, "(") != 3 ||
		!strings.Contains(text, ";;;SY)") || !strings.Contains(text, ";;;BA)") {
		t.Errorf("the list is %s, want full access for the system, administrators and %s", text, me)
	}
}

func TestPrivateFoldersAreMade(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	deep := filepath.Join(dir, "a", strings.Repeat("long", 40), strings.Repeat("name", 40), "b")
	for range 2 {
		if err := makePrivate(deep); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(deep, "key"), []byte("x"), 0o600); err != nil {
		t.Error(err)
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{file, filepath.Join(file, "below")} {
		if err := makePrivate(path); err == nil {
			t.Errorf("makePrivate of %s worked, and a file is there", path)
		}
	}
	// What the system made of the list: Wine keeps of it what Unix modes can say.
	sd, err := windows.GetNamedSecurityInfo(filepath.Join(dir, "a"), windows.SE_FILE_OBJECT, windows.DACL_SECURITY_INFORMATION)
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range []string{";;;WD)", ";;;BU)", ";;;AU)", ";;;BG)"} {
		if strings.Contains(sd.String(), group) {
			t.Errorf("the folder's list lets others in: %s", sd)
		}
	}
}
