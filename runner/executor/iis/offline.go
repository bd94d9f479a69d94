package iis

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"slipway/pipelines/iisconf"
)

// OfflineFile is the file that makes ASP.NET let go of an application's files
// and answer with it for the time being.
const OfflineFile = "app_offline.htm"

const offlinePage = `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Back in a moment</title></head>
<body><p>A new version is being put in place. Please try again in a moment.</p></body></html>
`

// Offline puts app_offline.htm into the folders that are served now by what is
// going to be switched. One that somebody else has put there stays theirs.
func (h *Host) Offline(ctx context.Context, wanted iisconf.Wanted) error {
	var now seen
	err := h.Retry(ctx, "reading IIS's configuration", func() (err error) {
		now, err = h.read(ctx, func(string) bool { return false })
		return err
	})
	if err != nil {
		return err
	}
	j, err := h.readJournal()
	if err != nil {
		return err
	}
	for _, folder := range served(wanted, now.State) {
		path := filepath.Join(expand(folder), OfflineFile)
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) || slices.Contains(j.Offline, path) {
			continue
		}
		if info, err := os.Stat(filepath.Dir(path)); err != nil || !info.IsDir() {
			continue
		}
		// Written down first: whoever comes next must find it.
		j.Offline = append(j.Offline, path)
		if err := h.writeJournal(j); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(offlinePage), 0o644); err != nil {
			return err
		}
		h.note("IIS: taken offline by %s", path)
	}
	return nil
}

// served are the folders that the wanted places serve now.
func served(wanted iisconf.Wanted, s iisconf.State) []string {
	var folders []string
	look := func(site, path string) {
		t, _ := siteOf(s, site)
		for _, a := range t.Applications {
			for _, d := range a.Directories {
				if strings.EqualFold(strings.Trim(strings.TrimRight(a.Path, "/")+d.Path, "/"), strings.Trim(path, "/")) {
					folders = append(folders, d.PhysicalPath)
				}
			}
		}
	}
	if w := wanted.Site; w != nil {
		look(w.Name, "/")
	}
	if w := wanted.Application; w != nil {
		look(w.Site, w.Path)
	}
	if w := wanted.VirtualDirectory; w != nil {
		look(w.Site, w.Path)
	}
	return folders
}

// lift takes our app_offline.htm away again.
func (h *Host) lift() error {
	j, err := h.readJournal()
	if err != nil || len(j.Offline) == 0 {
		return err
	}
	for _, path := range j.Offline {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		h.note("IIS: online again, %s is gone", path)
	}
	j.Offline = nil
	return h.writeJournal(j)
}
