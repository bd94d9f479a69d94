package conventions

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"slipway/pipelines/task"
	"slipway/runner/executor/scripts"
)

const (
	mostArtifact  = 100 << 20
	mostArtifacts = 500 << 20
	mostKept      = 500 // files of a task: each is brought home by a call of its own
	mostName      = 255 // bytes
)

// keep copies the files that a script wants kept to where they outlive the
// attempt. A file that cannot be kept is a warning: the work itself was done.
func (a *attempt) keep(found []scripts.Artifact) {
	for i, file := range found {
		if len(a.done.Artifacts) == mostKept {
			a.say(task.Warning, fmt.Sprintf("%d artifacts are not kept: a task may have %d files, pack them into an archive", len(found)-i, mostKept))
			return
		}
		file.Name = shownName(a.Mask.Text(file.Name)) // it leaves this host in the open
		kept, err := a.keepFile(file)
		if err != nil {
			a.say(task.Warning, fmt.Sprintf("artifact %s is not kept: %v", file.Name, err))
			continue
		}
		a.kept += kept.Size
		a.done.Artifacts = append(a.done.Artifacts, kept)
		a.note("artifact %s is kept (%d bytes)", kept.Name, kept.Size)
	}
}

// shownName is a name that fits into a report, in one line.
func shownName(name string) string {
	name = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(name, "?"))
	if len(name) > mostName {
		return strings.ToValidUTF8(name[:mostName], "") + "…"
	}
	return name
}

func (a *attempt) keepFile(file scripts.Artifact) (kept task.Artifact, err error) {
	info, err := os.Stat(file.Path)
	switch {
	case err != nil:
		return kept, err
	case !info.Mode().IsRegular():
		return kept, fmt.Errorf("%s is no file; pack a folder into an archive first", file.Path)
	case info.Size() > mostArtifact:
		return kept, tooLarge(mostArtifact, "an artifact")
	case a.kept+info.Size() > mostArtifacts:
		return kept, tooLarge(mostArtifacts, "all artifacts of a task together")
	}
	if err := os.MkdirAll(a.Artifacts, 0o700); err != nil {
		return kept, err
	}
	from, err := os.Open(file.Path)
	if err != nil {
		return kept, err
	}
	defer from.Close()
	copied, err := os.CreateTemp(a.Artifacts, ".new-*")
	if err != nil {
		return kept, err
	}
	defer os.Remove(copied.Name())
	defer copied.Close()
	sum := sha256.New()
	most := min(mostArtifact, mostArtifacts-a.kept) // it may have grown since
	n, err := io.Copy(io.MultiWriter(copied, sum), io.LimitReader(from, most+1))
	if err != nil {
		return kept, err
	}
	if n > most {
		return kept, tooLarge(most, "an artifact")
	}
	if err := copied.Close(); err != nil {
		return kept, err
	}
	kept = task.Artifact{Name: file.Name, Size: n, SHA256: hex.EncodeToString(sum.Sum(nil))}
	return kept, os.Rename(copied.Name(), filepath.Join(a.Artifacts, kept.SHA256))
}

func tooLarge(most int64, what string) error {
	return fmt.Errorf("%s may have %d MB: make it smaller, or store it elsewhere and print where", what, most>>20)
}
