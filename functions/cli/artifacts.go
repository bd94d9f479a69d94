package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"slipway/pipelines"
	"slipway/web/rest"
)

func (p *program) artifacts() *cobra.Command {
	c := verb("artifacts DEPLOYMENT", "List, or fetch, the files that scripts of a deployment have kept", nil)
	out := c.Flags().String("out", "", "fetch them into this folder, by step and target")
	c.RunE = p.asking(func(ctx context.Context, s *client, args []string) error {
		all := []rest.Artifact{}
		if err := s.get(ctx, at("deployments", args[0], "artifacts"), &all); err != nil {
			return err
		}
		if *out != "" {
			made := map[string]bool{}
			for _, a := range all {
				if err := p.fetchArtifact(ctx, s, args[0], *out, a, made); err != nil {
					return err
				}
			}
		}
		return p.answer(all, func() {
			if len(all) == 0 {
				p.say("%s has kept no artifacts", args[0])
				return
			}
			rows := [][]cell{heading("ARTIFACT", "SIZE", "STEP", "TARGET", "")}
			for _, a := range all {
				rows = append(rows, []cell{plain(oneLine(a.Name)), plain(bytesOf(a.Size)), plain(a.Step), plain(a.Target), plain(oneLine(a.Missing))})
			}
			p.table(rows)
		})
	})
	return c
}

// fetchArtifact saves one file below folder, under names made safe: they were
// chosen on a host. A name that this call has made already gets a number.
func (p *program) fetchArtifact(ctx context.Context, s *client, deployment, folder string, a rest.Artifact, made map[string]bool) error {
	if a.Missing != "" {
		fmt.Fprintf(p.stderr, "%s of %s on %s is not there: %s\n", oneLine(a.Name), a.Step, a.Target, oneLine(a.Missing))
		return nil
	}
	into := filepath.Join(folder, pipelines.SafeName(a.Step), pipelines.SafeName(a.Target))
	if err := os.MkdirAll(into, 0o755); err != nil {
		return err
	}
	body, err := s.download(ctx, at("deployments", deployment, "artifacts", a.ID))
	if err != nil {
		return err
	}
	defer body.Close()
	file := unmade(filepath.Join(into, pipelines.SafeName(path.Base(a.Name))), made)
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return pipelines.Refuse(pipelines.Conflict, "%s is there already: name another folder with --out", file)
	}
	if err != nil {
		return err
	}
	sum := sha256.New()
	_, err = io.Copy(io.MultiWriter(f, sum), body)
	err = errors.Join(err, f.Close())
	if got := hex.EncodeToString(sum.Sum(nil)); err == nil && got != a.SHA256 {
		err = fmt.Errorf("%s came with other bytes than it should (SHA-256 %s, not %s): fetch again", oneLine(a.Name), got, a.SHA256)
	}
	if err != nil { // a part of a file would be in the way of the next try
		return errors.Join(err, os.Remove(file))
	}
	return nil
}

// unmade is the file, with a number where it was made before. There are file
// systems on which case tells nothing apart.
func unmade(file string, made map[string]bool) string {
	ext := filepath.Ext(file)
	name := file
	for n := 2; made[strings.ToLower(name)]; n++ {
		name = fmt.Sprintf("%s-%d%s", strings.TrimSuffix(file, ext), n, ext)
	}
	made[strings.ToLower(name)] = true
	return name
}

// download opens a file at the server, or where the server says it is; our key
// does not go there.
func (c *client) download(ctx context.Context, path string) (io.ReadCloser, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+path, nil)
	if err != nil {
		return nil, err
	}
	answer, err := c.ask(r)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode == http.StatusSeeOther {
		answer.Body.Close()
		elsewhere, err := http.NewRequestWithContext(ctx, http.MethodGet, answer.Header.Get("Location"), nil)
		if err != nil {
			return nil, err
		}
		if answer, err = c.http.Do(elsewhere); err != nil {
			return nil, c.unreached(err)
		}
	}
	if answer.StatusCode != http.StatusOK {
		defer answer.Body.Close()
		return nil, c.refused(answer)
	}
	return answer.Body, nil
}
