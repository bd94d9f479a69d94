package deploypackage

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/configfiles/globs"
	"slipway/pipelines/configfiles/textfile"
	"slipway/pipelines/configfiles/transforms"
	"slipway/pipelines/task"
)

// Check finds what is wrong with the settings by themselves. What holds an
// expression is judged on the host, when its value is known.
func (s Installation) Check() []pipelines.Problem {
	c := &checker{}
	if s.ScriptSyntax != "" && !slices.Contains(task.Syntaxes, s.ScriptSyntax) {
		c.add("script-syntax", "scripts are written in bash, powershell or python; got %s", s.ScriptSyntax)
	}
	c.directory(s)
	c.patterns("substitute-in-files", s.SubstituteInFiles)
	c.patterns("structured-variables", s.StructuredVariables)
	c.patterns("purge-except", s.PurgeExcept)
	if _, ok := textfile.Named(s.OutputEncoding); s.OutputEncoding != "" && !ok && known(s.OutputEncoding) {
		c.add("output-encoding", "%q is not the name of an encoding, like utf-8 or windows-1252", s.OutputEncoding)
	}
	for i, text := range s.ConfigTransforms.Files {
		at := fmt.Sprintf("config-transforms.files[%d]", i)
		if strings.TrimSpace(text) == "" {
			c.add(at, "a transform is a file, or `transform => target`, like *.Release.config => *.config")
		} else if _, err := transforms.Folders(transforms.Options{Additional: text}); err != nil && known(text) {
			c.add(at, "%s", err)
		}
	}
	return c.found
}

type checker struct{ found []pipelines.Problem }

func (c *checker) add(path, format string, args ...any) {
	c.found = append(c.found, pipelines.Problem{Path: path, Message: fmt.Sprintf(format, args...)})
}

func (c *checker) directory(s Installation) {
	dir := s.InstallDirectory
	switch {
	case dir == "" && s.Purge:
		c.add("purge", "purge empties install-directory, and there is none: a new folder for each version needs no purging")
	case dir == "" && len(s.PurgeExcept) > 0, dir != "" && !s.Purge && len(s.PurgeExcept) > 0:
		c.add("purge-except", "purge-except goes with install-directory and `purge: true`")
	case dir == "" || strings.HasPrefix(dir, "#{"):
	case !isAbsolute(dir):
		c.add("install-directory", "install-directory is an absolute path on the host, like /srv/shop; got %q", dir)
	case known(dir) && isRoot(dir):
		c.add("install-directory", "install-directory is a folder of the package's own, not the whole disk; got %q", dir)
	}
}

func (c *checker) patterns(field string, list []string) {
	for i, text := range list {
		if !known(text) {
			continue
		}
		if _, err := globs.Compile(text, false); err != nil {
			c.add(fmt.Sprintf("%s[%d]", field, i), "%s", err)
		}
	}
}

// known says whether a text is what it says, whatever the variables are.
func known(text string) bool { return !strings.Contains(text, "#{") }

// isAbsolute judges for hosts of any system, of which this program knows none.
func isAbsolute(dir string) bool {
	return strings.HasPrefix(dir, "/") || strings.HasPrefix(dir, `\\`) || isDrive(dir)
}

func isDrive(dir string) bool {
	return len(dir) > 2 && dir[1] == ':' && (dir[2] == '\\' || dir[2] == '/')
}

func isRoot(dir string) bool {
	dir = strings.ReplaceAll(dir, `\`, "/")
	if isDrive(dir) {
		dir = dir[2:]
	}
	return path.Clean(dir) == "/"
}
