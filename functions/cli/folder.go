package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"slipway/pipelines"
	"slipway/pipelines/steps"
	"slipway/pipelines/textform"
	"slipway/web/rest"
)

// folder is the text of one folder, read.
type folder struct {
	named    string // as the person said it
	shown    string // places are told below this
	document textform.Document
	request  rest.Configuration
}

// maxText bounds one file of a folder of text.
const maxText = 4 << 20

// readFolder reads the text in a folder, or one file of it. Files that the
// text names are looked for in that folder and nowhere else.
func readFolder(named string) (*folder, error) {
	dir, file := named, ""
	if info, err := os.Stat(named); err != nil {
		return nil, unreadable(named, err)
	} else if !info.IsDir() {
		dir, file = filepath.Split(named)
		dir = filepath.Clean(dir)
	}
	full, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, unreadable(dir, err)
	}
	defer root.Close()
	files, err := textFiles(root, file)
	if err != nil {
		return nil, err
	}
	types := textform.StepTypes{}
	for name, t := range steps.Types() {
		types[name] = t.Settings
	}
	f := &folder{named: named, shown: dir}
	read := func(name string) ([]byte, error) { return readText(root, name) }
	var found []textform.Problem
	if f.document, found = textform.Parse(files, types, read); len(found) > 0 {
		return nil, f.unfit(found, f.named+" was not sent")
	}
	n := f.document.Nouns
	f.request = rest.Configuration{
		Folder: filepath.Base(full), Whole: file == "",
		Environments: n.Environments, Lifecycles: n.Lifecycles, Users: n.Users, Teams: n.Teams, Targets: n.Targets,
		UserRoles: n.UserRoles, Feeds: n.Feeds, VariableSets: n.VariableSets, Projects: n.Projects,
	}
	return f, nil
}

func unreadable(name string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return pipelines.Refuse(pipelines.NotFound, "there is no %s: name the folder with slipway.yaml, or the file", name)
	}
	return err
}

// textFiles are the files of YAML in the folder, or the one that was named.
func textFiles(root *os.Root, only string) ([]textform.File, error) {
	names := []string{only}
	if only == "" {
		entries, err := fs.ReadDir(root.FS(), ".")
		if err != nil {
			return nil, err
		}
		names = names[:0]
		for _, e := range entries {
			if slices.Contains([]string{".yaml", ".yml"}, path.Ext(e.Name())) && !e.IsDir() {
				names = append(names, e.Name())
			}
		}
	}
	var files []textform.File
	for _, name := range names {
		b, err := readText(root, name)
		if err != nil {
			return nil, err
		}
		files = append(files, textform.File{Name: name, Text: b})
	}
	return files, nil
}

func readText(root *os.Root, name string) ([]byte, error) {
	info, err := root.Stat(filepath.FromSlash(name))
	if err != nil {
		return nil, err
	}
	if info.Size() > maxText {
		return nil, pipelines.Refuse(pipelines.Invalid, "%s has %s, the text form takes files up to %s", name, bytesOf(info.Size()), bytesOf(maxText))
	}
	return root.ReadFile(filepath.FromSlash(name))
}

// unfit tells places as seen from where the person stands.
func (f *folder) unfit(found []textform.Problem, what string) error {
	found = slices.Clone(found)
	for i := range found {
		if found[i].File != "" {
			found[i].File = filepath.Join(f.shown, filepath.FromSlash(found[i].File))
		}
	}
	problems := "1 problem"
	if len(found) != 1 {
		problems = fmt.Sprintf("%d problems", len(found))
	}
	return &unfit{what + ": " + problems, found}
}

// judged puts what the server found in the text to its place there.
func (f *folder) judged(err error) error {
	e, ok := errors.AsType[*pipelines.Error](err)
	if !ok || len(e.Problems) == 0 {
		return err
	}
	return f.unfit(f.document.Locate(e.Problems), f.named+" was refused")
}
