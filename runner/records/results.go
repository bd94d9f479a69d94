package records

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"path"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/task"
	"slipway/runner/blobs"
	"slipway/runner/graph"
)

// Result is what a task has left beside its outcome. It lies in a blob where the
// state has no room for it.
type Result struct {
	Outputs   map[string]string `json:"outputs,omitempty"`
	Sealed    []byte            `json:"sealed,omitempty"` // sensitive outputs, see task.End
	Artifacts []Artifact        `json:"artifacts,omitempty"`
}

// Artifact is a file that a script wanted kept.
type Artifact struct {
	task.Artifact
	Blob string `json:"blob,omitempty"` // "": it could not be brought home, and Missing says why
}

// Two forms of a task's blob: only its outputs, or a whole Result.
const (
	outputsFolder = "outputs/"
	resultsFolder = "results/"
)

// mostOutputs is how many bytes of outputs stand in the state itself, so that no
// turn outgrows an item.
const mostOutputs = 256

// KeepResult stores what does not fit into the state: the name of its blob, ""
// if the outputs alone are all, and few.
func (r *Records) KeepResult(ctx context.Context, result Result) (blob string, err error) {
	var large any = result
	folder := resultsFolder
	if len(result.Sealed) == 0 && len(result.Artifacts) == 0 {
		large, folder = result.Outputs, outputsFolder
	}
	encoded, err := json.Marshal(large)
	if err != nil || folder == outputsFolder && len(encoded) <= mostOutputs {
		return "", err
	}
	sum := sha256.Sum256(encoded)
	blob = folder + hex.EncodeToString(sum[:])
	if _, err := r.blobs.Put(ctx, blob, bytes.NewReader(encoded)); err != nil && !errors.Is(err, blobs.ErrExists) {
		return "", err
	}
	return blob, nil
}

// Result is what one task has left. It is shared with others who ask: whoever
// changes it copies first.
func (r *Records) Result(ctx context.Context, x graph.TaskState) (Result, error) {
	if x.Blob == "" {
		return Result{Outputs: x.Outputs}, nil
	}
	if known, ok := r.results.get(x.Blob); ok {
		return known, nil
	}
	b, err := r.readAll(ctx, x.Blob)
	if err != nil {
		return Result{}, err
	}
	var out Result
	into := any(&out)
	if strings.HasPrefix(x.Blob, outputsFolder) {
		into = &out.Outputs
	}
	if err := json.Unmarshal(b, into); err != nil {
		return Result{}, err
	}
	r.results.put(x.Blob, len(b), out)
	return out, nil
}

// HasMore says whether a task's blob may hold more than outputs.
func HasMore(x graph.TaskState) bool { return strings.HasPrefix(x.Blob, resultsFolder) }

// KeepArtifact stores the bytes of an artifact of an attempt, unless they are
// there, and names their blob.
func (r *Records) KeepArtifact(ctx context.Context, attempt string, a task.Artifact, from io.Reader) (blob string, err error) {
	// The name is last, so that whoever gets the blob itself knows it.
	blob = "artifacts/" + attempt + "/" + a.SHA256 + "/" + strings.TrimRight(pipelines.SafeName(path.Base(a.Name)), ".")
	_, err = r.blobs.Put(ctx, blob, from)
	if errors.Is(err, blobs.ErrExists) {
		err = nil
	}
	return blob, err
}

// artifactLife is how long the address of an artifact can be used.
const artifactLife = 5 * time.Minute

// ArtifactAddress is where the artifact can be read without us, "" where only we
// can.
func (r *Records) ArtifactAddress(ctx context.Context, a Artifact) (string, error) {
	signer, ok := r.blobs.(blobs.Signer)
	if !ok {
		return "", nil
	}
	request, err := signer.SignGet(ctx, a.Blob, artifactLife)
	return request.URL, err
}

// ReadArtifact opens an artifact. The caller closes it.
func (r *Records) ReadArtifact(ctx context.Context, a Artifact) (io.ReadCloser, error) {
	body, _, err := r.blobs.Get(ctx, a.Blob)
	return body, err
}
