package cli

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"slipway/pipelines"
	"slipway/web/rest"
)

// newTarget is what `target add` was told.
type newTarget struct {
	ssh, local, pretend   string
	ssm, platform         string
	roles, environments   []string
	hostKeys              []string
	hostKeyFile           string
	acceptHostKey         bool
	keySecret, privateKey string
}

func (p *program) targetAdd() *cobra.Command {
	c := verb("add NAME", "Add a machine to deploy to", nil)
	c.Long = `Add a machine to deploy to.

The host's key is pinned from the first day: give it with --host-key or
--host-key-file, or compare the fingerprint that the host presents. The private
key that opens the host is a secret; --key-file stores the file as the secret
ssh-NAME.

A machine with the SSM agent needs neither: name its instance with --ssm. It
must be known to Systems Manager in the server's account and region.`
	c.Example = "  slipway target add web-1 --ssh deploy@web-1.example.org --role web --environment Test --key-file ~/.ssh/deploy"
	c.Example += "\n  slipway target add web-2 --ssm i-0abc123def4567890 --role web --environment Prod"
	c.Example += "\n  slipway target add win-1 --pretend here --platform windows --role web --environment Dev"
	n := &newTarget{}
	flags := c.Flags()
	flags.StringVar(&n.ssh, "ssh", "", "USER@HOST or USER@HOST:PORT")
	flags.StringVar(&n.ssm, "ssm", "", "an instance of AWS Systems Manager, i-… or mi-…")
	flags.StringVar(&n.platform, "platform", "linux", "of an SSM instance or a pretend host: linux or windows")
	flags.StringVar(&n.local, "local", "", "a folder of the server's own machine, for trying things out")
	flags.StringVar(&n.pretend, "pretend", "", "a scripted host that does nothing real, by any name")
	flags.StringArrayVar(&n.roles, "role", nil, "a role, by which steps find the target; may be repeated")
	flags.StringArrayVar(&n.environments, "environment", nil, "an environment it belongs to; may be repeated")
	flags.StringArrayVar(&n.hostKeys, "host-key", nil, "the host's public key, like \"ssh-ed25519 AAAA…\"; may be repeated")
	flags.StringVar(&n.hostKeyFile, "host-key-file", "", "a file with the host's public keys, one a line")
	flags.BoolVar(&n.acceptHostKey, "accept-new-host-key", false, "pin the key that the host presents now, without asking")
	flags.StringVar(&n.keySecret, "key", "", "the secret with the private key that opens the host")
	flags.StringVar(&n.privateKey, "key-file", "", "a file with that private key, to be stored as the secret ssh-NAME")
	c.MarkFlagsMutuallyExclusive("ssh", "ssm", "local", "pretend")
	c.MarkFlagsMutuallyExclusive("key", "key-file")
	c.MarkFlagsMutuallyExclusive("host-key", "host-key-file", "accept-new-host-key")
	c.RunE = func(c *cobra.Command, args []string) error {
		if n.ssh == "" && n.ssm == "" && n.local == "" && n.pretend == "" {
			return misuse(c, "how the target is reached is missing: say --ssh USER@HOST, or --ssm INSTANCE")
		}
		if n.ssh == "" {
			for _, name := range forSSH {
				if c.Flags().Changed(name) {
					return misuse(c, "--%s goes with --ssh only", name)
				}
			}
		}
		if n.ssm == "" && n.pretend == "" && c.Flags().Changed("platform") {
			return misuse(c, "--platform goes with --ssm and --pretend only: another host is asked what it is")
		}
		if err := need(c, "role", "environment"); err != nil {
			return err
		}
		s, err := p.server()
		if err != nil {
			return err
		}
		return p.addTarget(c.Context(), s, args[0], n)
	}
	return c
}

// forSSH are the flags that say nothing of other ways.
var forSSH = []string{"host-key", "host-key-file", "accept-new-host-key", "key", "key-file"}

func (p *program) addTarget(ctx context.Context, s *client, name string, n *newTarget) error {
	t := pipelines.Target{Name: name, Environments: n.environments, Roles: n.roles, Local: n.local, Pretend: n.pretend}
	if n.pretend != "" && n.platform != "linux" {
		t.Platform = n.platform
	}
	if n.ssm != "" {
		t.SSM = &pipelines.SSMAddress{Instance: n.ssm, Platform: n.platform}
	}
	if n.ssh != "" {
		var err error
		if t.SSH, err = p.sshAddress(ctx, n); err != nil {
			return err
		}
		if n.privateKey != "" {
			t.SSH.Key = "ssh-" + name
			if err := s.storeFile(ctx, t.SSH.Key, n.privateKey); err != nil {
				return err
			}
		}
	}
	var made rest.Target
	if err := s.call(ctx, http.MethodPost, at("targets"), t, &made); err != nil {
		return err
	}
	return p.answer(made, func() {
		p.say("target %s at %s", made.Name, made.Address)
		p.say("next: slipway target check %s", quoted(name))
	})
}

// sshAddress is how the host is reached, with the keys that are pinned.
func (p *program) sshAddress(ctx context.Context, n *newTarget) (*pipelines.SSHAddress, error) {
	cut := strings.LastIndex(n.ssh, "@")
	if cut <= 0 || cut == len(n.ssh)-1 {
		return nil, pipelines.Refuse(pipelines.Invalid, "an SSH target is written USER@HOST or USER@HOST:PORT; got %q", n.ssh)
	}
	a := &pipelines.SSHAddress{User: n.ssh[:cut], Host: n.ssh[cut+1:], Key: n.keySecret, HostKeys: n.hostKeys}
	if n.hostKeyFile != "" {
		b, err := os.ReadFile(n.hostKeyFile)
		if err != nil {
			return nil, err
		}
		a.HostKeys = keyLines(string(b))
	}
	for _, key := range a.HostKeys {
		if err := checkHostKey(key); err != nil {
			return nil, err
		}
	}
	if len(a.HostKeys) > 0 {
		return a, nil
	}
	key, err := presentedKey(ctx, a.Host)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(p.stderr, "%s presents %s\n  %s\n", a.Host, fingerprintOf(key), key)
	if !n.acceptHostKey {
		if err := p.agree("Is this the host's key?", "--host-key KEY, or --accept-new-host-key"); err != nil {
			return nil, err
		}
	}
	a.HostKeys = []string{key}
	return a, nil
}

// keyLines are the keys of a file, without comments.
func keyLines(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			out = append(out, line)
		}
	}
	return out
}
