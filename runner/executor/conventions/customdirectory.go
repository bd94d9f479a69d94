package conventions

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// copyToCustomDirectory copies the package, made ready, over what is in the
// directory that people chose, and goes on there. What was unpacked stays, and
// is what is retired one day.
func (d *deployment) copyToCustomDirectory(context.Context) error {
	dir, err := d.customDirectory()
	if err != nil {
		return err
	}
	if dir == "" {
		return nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("the custom installation directory cannot be made: %w", err)
	}
	to, err := openFolder(dir)
	if err != nil {
		return fmt.Errorf("the custom installation directory %s: %w", dir, err)
	}
	defer to.close()
	if err := d.purge(to); err != nil {
		return fmt.Errorf("the custom installation directory %s cannot be emptied: %w", dir, err)
	}
	from, err := openFolder(d.unpacked)
	if err != nil {
		return err
	}
	defer from.close()
	n, err := d.copyAll(from, to)
	if err != nil {
		return fmt.Errorf("the package cannot be copied to %s: %w", dir, err)
	}
	d.note("copied %d files to %s", n, dir)
	d.dir, d.changed = dir, true
	d.done.Installed.Custom = dir
	d.values.vars.Set(customIn, dir)
	d.installedAt(dir)
	d.output("Package.CopiedFileCount", strconv.Itoa(n))
	return nil
}

// chooseDirectory takes the step's directory, or that of the variable, which
// from here on says where the installation will be, also where there is none.
func (d *deployment) chooseDirectory() {
	d.custom = d.wanted.Directory
	if d.custom == "" {
		d.custom, _ = d.values.vars.Get(customIn)
	}
	d.values.vars.Set(customIn, escaped(d.unpacked))
	if d.custom != "" {
		d.values.vars.Set(customIn, d.custom)
	}
}

// customDirectory is the directory evaluated and judged; "" is none.
func (d *deployment) customDirectory() (string, error) {
	dir, err := d.values.Text("the custom installation directory", d.custom)
	if err != nil || dir == "" {
		return "", err
	}
	if d.values.usesSecret(d.custom, dir) {
		return "", errors.New("the custom installation directory is named with the help of a secret, and the journal of installations and the pages show where a package lies: choose a directory without one")
	}
	if !filepath.IsAbs(dir) {
		return "", fmt.Errorf("the custom installation directory %q is no absolute path: write it from the root on, like /srv/shop", dir)
	}
	dir = filepath.Clean(dir)
	if within(dir, d.unpacked) {
		return "", fmt.Errorf("the custom installation directory %s lies inside %s, where the package was unpacked: choose one outside", dir, d.unpacked)
	}
	return dir, nil
}
