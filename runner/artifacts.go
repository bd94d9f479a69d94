package runner

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/task"
	"slipway/runner/hosts"
	"slipway/runner/records"
)

// What an attempt may send home. Hosts have tighter bounds; these hold whatever
// a host says.
const (
	maxArtifacts     = 1000
	maxArtifact      = 100 << 20
	maxArtifactsSize = 500 << 20
	maxArtifactName  = 255
)

// artifactPatience is how long a host may be out of reach while it still has
// files of ours. It is short, since how the step ended is not kept until then.
const artifactPatience = time.Minute

// keepArtifacts brings home what the attempt keeps for us. What cannot be
// brought is not the step's failure: it is told where artifacts are shown.
func (r *Runner) keepArtifacts(ctx context.Context, attempt string, end task.End, fetch func(sha256 string) (io.ReadCloser, error)) ([]records.Artifact, error) {
	var out []records.Artifact
	var lost error // why the host is out of reach, once it was for too long
	left := int64(maxArtifactsSize)
	for i, a := range end.Artifacts {
		if i == maxArtifacts {
			r.Log.Warn("artifacts are not kept", "attempt", attempt, "most", maxArtifacts, "announced", len(end.Artifacts))
			break
		}
		kept := records.Artifact{Artifact: named(a)}
		err := lost
		if a.Missing == "" && err == nil {
			err = fits(a, left)
		}
		if a.Missing == "" && err == nil {
			kept.Blob, err = r.keepPatiently(ctx, attempt, a, fetch)
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if errors.Is(err, hosts.ErrUnreachable) {
				lost = err
			}
		}
		if a.Missing == "" && err != nil {
			r.Log.Warn("artifact is not kept", "attempt", attempt, "name", kept.Name, "why", err)
			kept.Blob, kept.Missing = "", short(err.Error())
		}
		if kept.Missing == "" {
			left -= a.Size
		}
		out = append(out, kept)
	}
	return out, nil
}

// named is the artifact with a name and a reason of bearable length.
func named(a task.Artifact) task.Artifact {
	if len(a.Name) > maxArtifactName {
		a.Name = strings.ToValidUTF8(a.Name[:maxArtifactName], "") + "…"
	}
	a.Missing = short(a.Missing)
	return a
}

// fits says why the host's word for a file cannot be taken: it becomes the name
// of a blob and the length of an answer.
func fits(a task.Artifact, left int64) error {
	if b, err := hex.DecodeString(a.SHA256); err != nil || len(b) != sha256.Size || strings.ToLower(a.SHA256) != a.SHA256 {
		return errors.New("the host has not said which bytes it has")
	}
	if a.Size < 0 || a.Size > maxArtifact || a.Size > left {
		return fmt.Errorf("the host says it has %d bytes; the most is %d MB, and %d MB for all of a task", a.Size, maxArtifact>>20, maxArtifactsSize>>20)
	}
	return nil
}

// keepPatiently tries again while the host is out of reach for a moment.
func (r *Runner) keepPatiently(ctx context.Context, attempt string, a task.Artifact, fetch func(sha256 string) (io.ReadCloser, error)) (blob string, err error) {
	for since := r.Env.Now(); ; {
		blob, err = r.keepArtifact(ctx, attempt, a, fetch)
		if !errors.Is(err, hosts.ErrUnreachable) || r.Env.Now().Sub(since) >= min(artifactPatience, r.patience()) {
			return blob, err
		}
		if err := r.Env.Sleep(ctx, time.Second); err != nil {
			return "", err
		}
	}
}

func (r *Runner) keepArtifact(ctx context.Context, attempt string, a task.Artifact, fetch func(sha256 string) (io.ReadCloser, error)) (blob string, err error) {
	body, err := fetch(a.SHA256)
	if err != nil {
		return "", err
	}
	defer body.Close()
	return r.Records.KeepArtifact(ctx, attempt, a, &verified{from: body, sum: sha256.New(), wants: a})
}

// verified fails a stream that is longer than it should be, or ends with another
// hash.
type verified struct {
	from  io.Reader
	sum   hash.Hash
	size  int64
	wants task.Artifact
}

func (v *verified) Read(b []byte) (int, error) {
	n, err := v.from.Read(b)
	v.sum.Write(b[:n])
	if v.size += int64(n); v.size > v.wants.Size {
		return n, fmt.Errorf("the host sent more than the %d bytes that it had announced", v.wants.Size)
	}
	if got := hex.EncodeToString(v.sum.Sum(nil)); err == io.EOF && (got != v.wants.SHA256 || v.size != v.wants.Size) {
		return n, fmt.Errorf("the host sent other bytes (SHA-256 %s) than those it had announced (%s)", got, v.wants.SHA256)
	}
	return n, err
}

// artifactStall is how long a host may send nothing of a file that it is to send.
const artifactStall = 2 * time.Minute

// fetch reads a file from the attempt's host.
func (a *attempt) fetch(ctx context.Context) func(sha256 string) (io.ReadCloser, error) {
	return func(sha256 string) (io.ReadCloser, error) {
		over, ok := a.hosts.(hosts.Fetcher)
		if !ok {
			return nil, fmt.Errorf("files cannot be brought home from a target of %s", a.target.Transport)
		}
		ctx, cancel := context.WithCancel(ctx)
		through := newRelay(a.runner.Env)
		watched := &watched{Writer: through, idle: time.AfterFunc(artifactStall, func() {
			cancel()
			through.finish(pipelines.Refuse(pipelines.Unavailable, "the host has sent nothing for %s", artifactStall))
		})}
		a.runner.Env.Go(func() {
			defer cancel()
			err := over.Fetch(ctx, a.target, a.id, sha256, watched)
			watched.idle.Stop()
			through.finish(err)
		})
		return through, nil
	}
}

// watched puts the end of patience off with each write.
type watched struct {
	io.Writer
	idle *time.Timer
}

func (w *watched) Write(b []byte) (int, error) {
	w.idle.Reset(artifactStall)
	return w.Writer.Write(b)
}
