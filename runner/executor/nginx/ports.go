package nginx

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"slipway/pipelines/nginxconf"
	"slipway/pipelines/task"
)

// checkPorts refuses a port that somebody else has: another site of NGINX, or
// another program. NGINX's own test finds neither the one (it warns at most)
// nor the other (it only fails later, when it loads the files).
func (h Host) checkPorts(ctx context.Context, site task.Nginx, there map[string]string) error {
	all, err := h.allFiles(ctx, site)
	if err != nil {
		return err
	}
	servers := nginxconf.Servers(all)
	if err := nginxconf.Clash(site, servers); err != nil {
		return err
	}
	for path, text := range there {
		servers = append(servers, nginxconf.Servers([]nginxconf.File{{Path: path, Text: text}})...)
	}
	for _, binding := range site.Bindings {
		if !nginxListens(servers, binding.Port) && h.Listening(binding.Port) {
			return fmt.Errorf("port %s is already used by another program on this host (`ss -ltnp` shows which): choose another port or stop that program. Nothing was changed", binding.Port)
		}
	}
	return nil
}

func nginxListens(servers []nginxconf.Server, port string) bool {
	return slices.ContainsFunc(servers, func(s nginxconf.Server) bool {
		return slices.ContainsFunc(s.Listens, func(l nginxconf.Listen) bool { return l.Port == port })
	})
}

// allFiles are the files NGINX reads. When its present configuration is broken
// it does not tell; then those of the site's folder must do, because this very
// deployment may be what repairs it.
func (h Host) allFiles(ctx context.Context, site task.Nginx) ([]nginxconf.File, error) {
	dump, err := h.Commands.Sudo(ctx, "nginx", "-T")
	if err == nil {
		return nginxconf.ReadDump(dump), nil
	}
	h.Say(task.Warning, fmt.Sprintf("NGINX refuses the configuration that is on this host now, before any change: %v", err))
	paths, err := filepath.Glob(filepath.Join(nginxconf.Directory(site), "*.conf"))
	if err != nil {
		return nil, err
	}
	var files []nginxconf.File
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		files = append(files, nginxconf.File{Path: path, Text: string(b)})
	}
	return files, nil
}

// warnClosedFolders warns of folders on the way to a root that others than the
// owner cannot enter: NGINX's workers run as a user of their own.
func (h Host) warnClosedFolders(site task.Nginx) {
	warned := map[string]bool{}
	for _, location := range site.Locations {
		for _, d := range location.Directives {
			if d.Name != "root" && d.Name != "alias" || !strings.HasPrefix(d.Value, "/") || strings.Contains(d.Value, "$") {
				continue
			}
			for dir := filepath.Clean(d.Value); dir != "/"; dir = filepath.Dir(dir) {
				info, err := os.Stat(dir)
				if err != nil || info.Mode().Perm()&0o001 != 0 || warned[dir] {
					continue
				}
				warned[dir] = true
				h.Say(task.Warning, fmt.Sprintf("folder %s (mode %04o) may be closed to NGINX's workers, which would answer 403 for all below: `chmod o+x %s` opens the way through it", dir, info.Mode().Perm(), dir))
			}
		}
	}
}
