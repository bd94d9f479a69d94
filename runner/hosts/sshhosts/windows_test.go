package sshhosts

import (
	"encoding/base64"
	"encoding/binary"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"slipway/runner/hosts/hoststest"
	"slipway/test/sshserver"
)

var update = flag.Bool("update", false, "write the scripts for Windows as they are now")

const someHash = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

// TestScriptsForWindows shows what a Windows host is asked to run, which nothing
// here can run: a grammar of PowerShell reads these files in another test.
func TestScriptsForWindows(t *testing.T) {
	t.Parallel()
	for file, command := range map[string]string{
		"windows-probe.ps1": windows{}.probe(),
		"windows-place.ps1": windows{}.place(someHash, 7_654_321),
	} {
		if len(command) > 8191 {
			t.Errorf("%s: cmd.exe takes 8191 characters, the command has %d", file, len(command))
		}
		if rest := strings.Trim(command, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-+/= "); rest != "" {
			t.Errorf("%s: the command holds %q, which a shell could read", file, rest)
		}
		golden := filepath.Join("testdata", file)
		got := decoded(t, command)
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil || got != string(want) {
			t.Errorf("%s (%v) is now\n%s", golden, err, got)
		}
	}
}

// decoded is the script within a command.
func decoded(t testing.TB, command string) string {
	t.Helper()
	_, word, found := strings.Cut(command, "-EncodedCommand ")
	raw, err := base64.StdEncoding.DecodeString(word)
	if err != nil || !found {
		t.Errorf("%q holds no script: %v", command, err)
		return ""
	}
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(raw[2*i:])
	}
	return string(utf16.Decode(units))
}

func TestWordsForWindows(t *testing.T) {
	t.Parallel()
	got, err := windows{}.call("ab", []string{"attach", "Deployments-1-x.t1.2", "17"})
	if want := `.\.slipway\bin\ab\executor.exe attach Deployments-1-x.t1.2 17`; got != want || err != nil {
		t.Errorf("call = %q, %v, want %q", got, err, want)
	}
	for _, bad := range []string{"", "a b", "a&b", "%TEMP%", "$x", "`", "a|b", `"`, "'", "a;b", "a\nb", "ä"} {
		if got, err := (windows{}).call("ab", []string{bad}); err == nil {
			t.Errorf("call with %q = %q, want an error", bad, got)
		}
	}
}

var called = regexp.MustCompile(`^\.\\\.slipway\\bin\\([0-9a-f]+)\\executor\.exe( .*)?$`)

// likeWindows is an OpenSSH server that understands what a Windows host would of
// what we say, and does the same with our shell. What PowerShell makes of the
// scripts is not in it.
func likeWindows(t *testing.T) *sshserver.Server {
	s := sshserver.New(t)
	s.Version = "SSH-2.0-OpenSSH_for_Windows_9.5"
	place := regexp.MustCompile(`(?s)\$dir = Join-Path \$bin '([0-9a-f]+)'.* -ne (\d+)`)
	s.Says = func(command string) (string, bool) {
		if match := called.FindStringSubmatch(command); match != nil {
			return "exec .slipway/bin/" + match[1] + "/executor.exe" + match[2], true
		}
		if !strings.HasPrefix(command, "powershell.exe ") {
			return "", false
		}
		script := decoded(t, command)
		if match := place.FindStringSubmatch(script); match != nil {
			return "d=.slipway/bin/" + match[1] + "; mkdir -p $d; cat >$d/x; [ $(wc -c <$d/x) = " + match[2] + " ] && chmod 700 $d/x && mv $d/x $d/executor.exe", true
		}
		return `printf 'Welcome\r\n` + mark + `\r\nwindows AMD64\r\n'; cd .slipway/bin 2>/dev/null && ls | sed 's/$/\r/'; exit 0`, strings.Contains(script, mark)
	}
	return s
}

func TestSuiteOnAHostLikeWindows(t *testing.T) {
	t.Parallel()
	hoststest.Run(t, func(t *testing.T) hoststest.Fixture {
		s := likeWindows(t)
		log := filepath.Join(s.Home, "payload.log")
		return fixture(t, s, "executor", hoststest.Appending(log), hoststest.Appended(log))
	})
}
