package conventions

import (
	"context"
	"fmt"
	"os"
	"path"
	"runtime"
	"slices"
	"strings"

	"slipway/pipelines/task"
	"slipway/runner/executor/scripts"
)

// The stages at which a package can bring a script of its own.
const (
	PreDeploy    = "PreDeploy"
	Deploy       = "Deploy"
	PostDeploy   = "PostDeploy"
	DeployFailed = "DeployFailed"
)

// Preference is which language wins where a package brings a stage's script in
// several, best first.
func Preference() []string {
	if runtime.GOOS == "windows" {
		return []string{"ps1", "py", "csx", "sh"}
	}
	return []string{"sh", "py", "csx", "ps1"}
}

// Packaged is the rule about a package's own scripts for one stage.
type Packaged struct {
	Stage      string
	Preference []string // languages by their file extension; nil is this platform's
	Off        bool     // the step leaves the package's scripts alone
	CleanUp    bool     // the stage was not needed: nothing runs
	Keep       bool     // scripts stay in the package
}

// Choose says, of the files in the package's root, which script runs ("" is
// none) and which go afterwards: every variant of the stage, so that no server
// hands out the other language's. Names count without regard to case.
func (p Packaged) Choose(files []string) (run string, remove []string) {
	if p.Off {
		return "", nil
	}
	preference := p.Preference
	if preference == nil {
		preference = Preference()
	}
	best := len(preference)
	for _, name := range slices.Sorted(slices.Values(files)) {
		ext := strings.TrimPrefix(path.Ext(name), ".")
		if !strings.EqualFold(strings.TrimSuffix(name, path.Ext(name)), p.Stage) || !isLanguage(ext) {
			continue
		}
		if !p.Keep {
			remove = append(remove, name)
		}
		place := slices.IndexFunc(preference, func(l string) bool { return strings.EqualFold(l, ext) })
		if !p.CleanUp && place >= 0 && place < best {
			run, best = name, place
		}
	}
	return run, remove
}

func isLanguage(ext string) bool {
	return slices.ContainsFunc([]string{"sh", "py", "csx", "ps1"}, func(l string) bool { return strings.EqualFold(l, ext) })
}

// packaged runs the package's script for a stage. Its text is run as it is:
// whoever wants values in it lists it for substitution.
func (d *deployment) packaged(stage string) func(context.Context) error {
	return func(ctx context.Context) error {
		names, err := d.rootFiles()
		if err != nil {
			return err
		}
		rule := d.ownScripts(stage)
		if run, _ := rule.Choose(names); run != "" {
			if err := d.runPackaged(ctx, run); err != nil {
				return err
			}
		}
		return d.removePackaged(rule)
	}
}

// ownScripts is the rule as the step and its variables want it.
func (d *deployment) ownScripts(stage string) Packaged {
	return Packaged{
		Stage: stage,
		Off:   !d.values.flag("Octopus.Action.Package.RunScripts", !d.wanted.NoPackagedScripts),
		Keep:  !d.values.flag("OctopusDeleteScriptsOnCleanup", true),
	}
}

// mostScript bounds a script that is read into memory.
const mostScript = 16 << 20

// runnable are the languages this executor runs, by file extension.
var runnable = map[string]string{".sh": task.SyntaxBash, ".ps1": task.SyntaxPowerShell, ".py": task.SyntaxPython}

func (d *deployment) runPackaged(ctx context.Context, name string) error {
	stem := strings.TrimSuffix(name, path.Ext(name))
	syntax, ok := runnable[strings.ToLower(path.Ext(name))]
	if !ok {
		return fmt.Errorf("the package brings %s, and C# scripts are not run: add a %s.%s to the package, or say `packaged-scripts: false`", name, stem, Preference()[0])
	}
	if err := scripts.CanRun(syntax); err != nil {
		return fmt.Errorf("the package brings %s: %w. `packaged-scripts: false` leaves such scripts alone", name, err)
	}
	f, err := openFolder(d.dir)
	if err != nil {
		return err
	}
	defer f.close()
	body, _, err := f.read(name, mostScript)
	if err != nil {
		return fmt.Errorf("the package's script %s: %w", name, err)
	}
	// It lies in the package while it runs, because scripts look for their
	// neighbours beside themselves.
	text := string(body)
	if syntax != task.SyntaxPowerShell {
		text = strings.TrimPrefix(text, "\uFEFF")
	}
	return d.runScript(ctx, scripts.Script{Name: "packaged " + stem, Syntax: syntax, Body: text, Dir: d.dir, Temp: d.dir})
}

// removePackaged takes a stage's scripts out of the package.
func (d *deployment) removePackaged(rule Packaged) error {
	names, err := d.rootFiles()
	if err != nil {
		return err
	}
	f, err := openFolder(d.dir)
	if err != nil {
		return err
	}
	defer f.close()
	_, remove := rule.Choose(names)
	for _, name := range remove {
		if err := f.root.Remove(name); err != nil {
			return fmt.Errorf("the package's script %s has run and cannot be removed: %w", name, err)
		}
	}
	return nil
}

// rootFiles are the files directly in the package.
func (d *deployment) rootFiles() ([]string, error) {
	entries, err := os.ReadDir(d.dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if e.Type().IsRegular() {
			names = append(names, e.Name())
		}
	}
	return names, nil
}
