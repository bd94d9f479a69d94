package aws

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"strconv"
	"strings"

	"slipway/test/emulators/ssm"
	"slipway/test/hosts"
)

// AddInstance registers a real host with the fake of Systems Manager under an instance's name, like mi-0123456789abcdef0.
func (s *Stack) AddInstance(id string, h *hosts.Host) {
	s.hostsMu.Lock()
	s.hosts[id] = h
	s.hostsMu.Unlock()
	s.SSM.Instance(id, "linux", ssm.Online)
}

// runOnHost is the agent: it runs the script on the instance's host as root, with few variables and no HOME.
func (s *Stack) runOnHost(ctx context.Context, instance, script string, stdout, stderr io.Writer) int {
	s.hostsMu.Lock()
	h, windows := s.hosts[instance], s.windows[instance]
	s.hostsMu.Unlock()
	if windows != nil {
		return windows.run(ctx, script, stdout, stderr)
	}
	if h == nil {
		fmt.Fprintf(stderr, "no host is %s", instance)
		return 1
	}
	command := `d=$(mktemp -d) && cd "$d" && base64 -d >script.sh <<'SCRIPT'
` + base64.StdEncoding.EncodeToString([]byte(script)) + `
SCRIPT
chmod 700 script.sh
env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=en_US.UTF-8 AWS_SSM_INSTANCE_ID=` + instance + ` sh -c "$d/script.sh" >out 2>err </dev/null
code=$?
base64 -w0 out; echo; base64 -w0 err; echo; echo $code
cd /; rm -rf "$d"`
	said, err := h.Try(ctx, command)
	parts := strings.Split(said, "\n")
	if err != nil || len(parts) != 3 {
		fmt.Fprintf(stderr, "the agent: %v: %s", err, said)
		return 1
	}
	for i, to := range []io.Writer{stdout, stderr} {
		b, _ := base64.StdEncoding.DecodeString(parts[i])
		_, _ = to.Write(b)
	}
	code, _ := strconv.Atoi(parts[2])
	return code
}
