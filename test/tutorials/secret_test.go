package tutorials

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/test/hosts"
)

// secret follows a sensitive value from the command line into a script, and looks for it everywhere else.
func secret(t *testing.T, w *world, h *hosts.Host) {
	value := "pass " + rand.Text() + ` 'word' "x`
	w.slipway(value+"\n", "secret", "set", "db-password")
	w.addTarget(h, "sealed", h.HostKey, "Dev")
	w.apply(`
projects:
  - name: Sealed
    lifecycle: Any
    variables: [{ name: DB Password, secret: db-password }]
    steps:
      - name: Work
        roles: [sealed]
        script:
          body: |
            value=$(get_octopusvariable "DB Password")
            printf 'sha256 '; printf %s "$value" | sha256sum
            echo "the password is $value."
            echo "on stderr: $value" >&2
            printf %s "$value" | base64 -w0; echo
            touch ~/sealed-begun
            until [ -e ~/sealed-go-on ]; do sleep 0.05; done
            fail_step "cannot log in with $value"
      - name: Written into the script
        roles: [sealed]
        run: always
        script: { body: "cat <<'EOF' | sha256sum\n#{DB Password}\nEOF" }
      - name: Tell
        run: always
        email: { to: team@example.org, subject: Sealed ended, body: "#{each step in Octopus.Step}#{step}: #{step.Status.Error}\n#{/each}" }
`)
	id := w.deploy("Sealed", w.release("Sealed", "1.0.0"), "Dev")
	w.until("the script running", 20*time.Second, func() bool { return there(t, h, home+"/sealed-begun") })
	processes := h.Exec(t, "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'; true")
	if !strings.Contains(processes, "executor") {
		t.Fatalf("no executor among the processes: this test cannot fail\n%s", processes)
	}
	if strings.Contains(processes, value) {
		t.Error("the secret stands in the list of processes or in an environment")
	}
	during := h.Exec(t, holding(value))
	touch(t, h, home+"/sealed-go-on")
	d := w.ends(id, pipelines.Failed)

	log, mail := w.log(id), w.mail("Sealed ended")
	sum := sha256.Sum256([]byte(value))
	wants(t, "log", log, "sha256 "+hex.EncodeToString(sum[:]), "the password is ********.", "err: on stderr: ********")
	wants(t, "message", step(t, d, "Work").Message+step(t, d, "Work").Targets[0].Message, "cannot log in with ********")
	sum = sha256.Sum256([]byte(value + "\n"))
	wants(t, "log", log, "out: "+hex.EncodeToString(sum[:]))
	encoded := base64.StdEncoding.EncodeToString([]byte(value))
	for what, text := range map[string]string{"log": log, "mail": mail, "server's log": w.said.String()} {
		if strings.Contains(text, value) || strings.Contains(text, encoded) {
			t.Errorf("the secret stands in the %s:\n%s", what, text)
		}
	}
	if during != "" {
		t.Errorf("while a script ran that asks for the secret, it stood in files of the host: %s", during)
	}
	if left := h.Exec(t, holding(value)); left != "" {
		t.Errorf("the secret is left in files of the host: %s", left)
	}
	must(t, filepath.WalkDir(w.dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		if bytes.Contains(b, []byte(value)) || bytes.Contains(b, []byte(encoded)) {
			t.Errorf("the secret stands in the server's file %s", path)
		}
		return err
	}))
}

// holding is a command that lists the files of a host in which a value stands.
func holding(value string) string {
	return "grep -rlF -- '" + strings.ReplaceAll(value, "'", `'\''`) + "' " + home + " /tmp /var/tmp /run /var/log /dev/shm 2>/dev/null; true"
}
