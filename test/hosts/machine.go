package hosts

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

// script runs one of the scripts beside this file and returns its output without the last newline.
func (k *Kit) script(ctx context.Context, env []string, name string, args ...string) (string, error) {
	words := append([]string{}, k.sudo...)
	words = append(words, "env")
	for _, key := range []string{"SLIPWAY_CACHE", "SLIPWAY_HOSTS", "SLIPWAY_HOSTS_NET", "SLIPWAY_HOSTS_BRIDGE"} {
		if value, ok := os.LookupEnv(key); ok {
			words = append(words, key+"="+value) // sudo drops the environment
		}
	}
	words = append(append(words, env...), filepath.Join(k.dir, name))
	words = append(words, args...)
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Run(); err != nil {
		return out.String(), fmt.Errorf("%w: %s", err, strings.TrimSpace(errs.String()))
	}
	return strings.TrimSuffix(out.String(), "\n"), nil
}

// missing skips the test, or fails it where hosts are owed.
func missing(t testing.TB, reason string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("no test host: %s (CI=true, so this is a failure)", reason)
	}
	t.Skipf("SKIPPED, no test host: %s", reason)
}

// installed looks where administrators' programs lie, too: a user's PATH often lacks those folders.
func installed(program string) bool {
	if _, err := exec.LookPath(program); err == nil {
		return true
	}
	for _, dir := range []string{"/usr/sbin", "/sbin"} {
		if _, err := exec.LookPath(filepath.Join(dir, program)); err == nil {
			return true
		}
	}
	return false
}

// folder finds this package's source: tests run in their package's folder, somewhere below the module's root.
func folder(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != "/"; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, "test", "hosts")
		}
	}
	t.Fatal("no go.mod above the test's folder, so test/hosts/host.sh cannot be found")
	return ""
}

func newKey(t testing.TB) (file string, private []byte) {
	t.Helper()
	public, secret, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(secret, "slipway test")
	if err != nil {
		t.Fatal(err)
	}
	sshPublic, err := ssh.NewPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	file, private = filepath.Join(t.TempDir(), "id_ed25519"), pem.EncodeToMemory(block)
	if err := os.WriteFile(file, private, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file+".pub", ssh.MarshalAuthorizedKey(sshPublic), 0o644); err != nil {
		t.Fatal(err)
	}
	return file, private
}
