package main

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/executor/conventions"
	"slipway/runner/executor/masking"
)

// deployed is what a deployment left.
type deployed struct {
	dir      string
	warnings []string
}

func (d *deployed) Add(stream task.Stream, text string) {
	if stream == task.Warning {
		d.warnings = append(d.warnings, text)
	}
}

func (d *deployed) Flush() {}

// deployFiles has the executor deploy a package of these files below root, as
// it does on a host.
func deployFiles(root string, files map[string]string, variables []task.Variable, wanted task.Installation) (*deployed, error) {
	archive, err := zipped(files)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(archive)
	p := &task.Package{ID: "App", Version: "1.0.0", FileName: "App.1.0.0.zip", SHA256: hex.EncodeToString(sum[:]), Size: int64(len(archive))}
	for _, folder := range []string{"work", "packages", "undo", "apps", "artifacts"} {
		if err := os.Mkdir(filepath.Join(root, folder), 0o700); err != nil {
			return nil, err
		}
	}
	if err := os.WriteFile(filepath.Join(root, "packages", p.SHA256), archive, 0o600); err != nil {
		return nil, err
	}
	settings, err := json.Marshal(wanted)
	if err != nil {
		return nil, err
	}
	left := &deployed{}
	done, err := conventions.Perform(context.Background(), conventions.Job{
		Order: task.Order{
			ID: "deployments-1", Project: "App", Environment: "Test", Release: "1.0.0", Step: "Deploy", Target: "web-1",
			Work: task.Work{Kind: task.KindPackage, Settings: settings}, Package: p, Variables: variables,
		},
		Mask: masking.New(), Log: left, Now: time.Now,
		Work: filepath.Join(root, "work"), Packages: filepath.Join(root, "packages"), Undo: filepath.Join(root, "undo"),
		Applications: filepath.Join(root, "apps"), Artifacts: filepath.Join(root, "artifacts"),
		Alone: func(context.Context, string) (func(), error) { return func() {}, nil },
	})
	if done.Installed != nil {
		left.dir = done.Installed.Directory
	}
	return left, err
}

func zipped(files map[string]string) ([]byte, error) {
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	for name, text := range files {
		f, err := w.Create(name)
		if err != nil {
			return nil, err
		}
		if _, err := f.Write([]byte(text)); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return archive.Bytes(), err
}
