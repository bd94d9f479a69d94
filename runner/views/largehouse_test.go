package views_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/runner/bolttable"
	"slipway/runner/diskblobs"
	"slipway/runner/records"
	"slipway/runner/views"
)

// largeHouse has 100 projects with 20 variables and 100 releases each.
func largeHouse(b *testing.B) *views.Views {
	b.Helper()
	dir := b.TempDir()
	table, err := bolttable.Open(filepath.Join(dir, "slipway.db"), time.Now)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = table.Close() })
	store, err := diskblobs.Open(filepath.Join(dir, "blobs"))
	if err != nil {
		b.Fatal(err)
	}
	r := records.New(table, store)
	ctx := b.Context()
	for i := range 100 {
		name := fmt.Sprintf("Project %02d", i)
		var project pipelines.Project
		changes, _, err := r.NewNoun(ctx, records.Projects, name, func(id string, _ int) any {
			project = pipelines.Project{ID: id, Name: name}
			for v := range 20 {
				project.Variables = append(project.Variables, pipelines.Variable{Name: fmt.Sprintf("Nginx Port %d", v), Value: "8080"})
			}
			return project
		})
		if err == nil {
			err = r.Write(ctx, changes...)
		}
		if err != nil {
			b.Fatal(err)
		}
		for n := range 100 {
			release := pipelines.Release{ProjectID: project.ID, Number: fmt.Sprintf("1.0.%d", n), Project: pipelines.Project{ID: project.ID, Name: name}}
			if _, err := r.AddRelease(ctx, release, func(pipelines.Release) []pipelines.Event { return nil }); err != nil {
				b.Fatal(err)
			}
		}
	}
	return &views.Views{Records: r}
}
