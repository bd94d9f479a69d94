package conventions

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"slipway/pipelines/iisconf"
	"slipway/pipelines/task"
	"slipway/runner/executor/iis"
	"slipway/runner/executor/inuse"
)

// storeName is the output that says where an imported certificate lies.
const storeName = "Octopus.Action.IISWebSite.CertificateStoreName"

// defaultRetries are Octopus's.
const defaultRetries = 5

// iis does the work of kind iis: an installation with what serves it in IIS.
func (a *attempt) iis(ctx context.Context) error {
	var wanted task.IIS
	if err := a.settings(&wanted); err != nil {
		return err
	}
	a.failOnErrorOutput = wanted.FailOnErrorOutput
	d := &deployment{attempt: a, wanted: wanted.Installation}
	if wanted.Offline {
		// Emptying the folder must not bring back what holds its files.
		d.wanted.KeepOnPurge = append(append([]string{}, d.wanted.KeepOnPurge...), "**/"+iis.OfflineFile)
	}
	d.web = &iisSite{deployment: d, asked: wanted, machine: a.machineIIS(wanted)}
	return d.deploy(ctx)
}

// iisSite is what IIS serves: a site, an application, a virtual directory, or
// several of them.
type iisSite struct {
	unserved
	*deployment
	asked    task.IIS
	machine  *iis.Host
	imported []importedCertificate
}

// importedCertificate is one of a certificate variable, whose key the pool's
// identity is to read.
type importedCertificate struct{ name, thumbprint, store string }

// machineIIS is this attempt's view of IIS. It is one for the whole attempt,
// because it knows things that no file may hold.
func (a *attempt) machineIIS(wanted task.IIS) *iis.Host {
	h := &iis.Host{
		Commands: a.IIS, Say: a.say, Journal: filepath.Join(a.Undo, a.Order.Target+".iis.json"),
		Alone: iis.OneAtATime(a.Alone), Retries: defaultRetries, RetryPause: time.Duration(wanted.RetryPause), KeepNewPath: wanted.KeepNewPath,
		Sleep: a.Sleep,
	}
	if h.Commands == nil {
		h.Commands = iis.Programs{}
	}
	if wanted.Retries != nil {
		h.Retries = max(*wanted.Retries, 0)
	}
	return h
}

func (a *attempt) certificates() iis.Certificates {
	if a.Certificates != nil {
		return a.Certificates
	}
	return iis.MachineCertificates()
}

// restoreIIS brings back what an earlier attempt at this target changed in IIS
// and did not live to finish.
func (a *attempt) restoreIIS(ctx context.Context) error {
	h := a.machineIIS(task.IIS{})
	if !h.Interrupted() {
		return nil
	}
	if err := a.aloneAtIIS(ctx, h, func() error { return h.RestoreOrSetAside(ctx) }); err != nil {
		return fmt.Errorf("an earlier attempt was interrupted while it changed IIS, and what was there before (%s has it) cannot be brought back: %w", h.Journal, err)
	}
	return nil
}

// aloneAtIIS keeps attempts apart, those of this executor and those of others on
// the machine, for as long as one looks at IIS and acts upon what it saw. What
// a Tentacle changes meanwhile is kept apart one change at a time.
func (a *attempt) aloneAtIIS(ctx context.Context, h *iis.Host, do func() error) error {
	leave, err := a.Alone(ctx, "iis-site")
	if err != nil {
		return err
	}
	defer leave()
	others, err := h.ReadAndAct(ctx)
	if err != nil {
		return err
	}
	defer others()
	return do()
}

func (s *iisSite) ready(ctx context.Context) error {
	var needs []iis.Feature
	if site := s.asked.Site; site != nil {
		if site.Basic {
			needs = append(needs, iis.BasicAuthentication)
		}
		if site.Windows {
			needs = append(needs, iis.WindowsAuthentication)
		}
		if strings.HasPrefix(site.Pool.Framework, "v4") {
			needs = append(needs, iis.AspNet45)
		}
	}
	return notReady(s.machine.Ready(ctx, needs...))
}

func (s *iisSite) readable() error {
	_, _, err := s.resolve()
	return err
}

// replace takes offline what is served now, where that is asked. A worker
// process takes its time to let go of files then, so they are tried again.
func (s *iisSite) replace(ctx context.Context, write func(context.Context) error) error {
	if s.asked.Offline {
		wanted, _, err := s.resolve()
		if err != nil {
			return err
		}
		if err := s.machine.Offline(ctx, wanted); err != nil {
			return fmt.Errorf("IIS cannot be taken offline: %w", err)
		}
	}
	return blocked(inuse.Retry(s.dir, func() error { return write(ctx) }))
}

// prepare sees to it that each certificate is on this host with its private
// key, and brings those of certificate variables here.
func (s *iisSite) prepare(context.Context) error {
	_, bindings, err := s.resolve()
	if err != nil {
		return err
	}
	s.imported = nil
	for _, b := range bindings {
		if b.variable == "" {
			continue
		}
		c, err := s.importCertificate(b.variable)
		if err != nil {
			return err
		}
		s.imported = append(s.imported, c)
		s.output(storeName, c.store)
	}
	_, err = s.wantedWithStores()
	return err
}

func (s *iisSite) importCertificate(name string) (importedCertificate, error) {
	c := importedCertificate{name: name}
	text, err := s.part(name, "Thumbprint")
	if err != nil {
		return c, err
	}
	if c.thumbprint, err = iisconf.CleanThumbprint(text); err != nil {
		return c, fmt.Errorf("certificate variable %s: %w", name, err)
	}
	store, hasKey, err := s.certificates().Find(c.thumbprint)
	if err != nil {
		return c, fmt.Errorf("looking for certificate %s: %w", c.thumbprint, err)
	}
	if store != "" && hasKey {
		c.store = store
		return c, nil
	}
	pfx, err := s.part(name, "Pfx")
	if err != nil {
		return c, err
	}
	password := ""
	if _, there := s.values.vars.Get(name + ".Password"); there {
		if password, err = s.part(name, "Password"); err != nil {
			return c, err
		}
	}
	if c.thumbprint, err = iis.ImportPFX(s.certificates(), name, pfx, password, c.thumbprint); err != nil {
		return c, err
	}
	c.store = "My"
	s.note("IIS: certificate %s of variable %s is now in store My of LocalMachine", c.thumbprint, name)
	return c, nil
}

// part is a part of a certificate variable.
func (s *iisSite) part(name, part string) (string, error) {
	full := name + "." + part
	text, there := s.values.vars.Get(full)
	if !there {
		return "", fmt.Errorf("certificate variable %s has no %s: define the certificate for this environment", name, full)
	}
	return s.values.Text(full, text)
}

// serve switches IIS to the new version.
func (s *iisSite) serve(ctx context.Context) error {
	wanted, err := s.wantedWithStores()
	if err != nil {
		return err
	}
	for _, folder := range servedFolders(wanted) {
		if info, err := os.Stat(folder); err != nil || !info.IsDir() {
			return fmt.Errorf("the folder %s is not there to be served: is it in the package?", folder)
		}
	}
	return s.aloneAtIIS(ctx, s.machine, func() error { return s.machine.Apply(ctx, wanted) })
}

func servedFolders(w iisconf.Wanted) []string {
	var folders []string
	if w.Site != nil {
		folders = append(folders, w.Site.PhysicalPath)
	}
	if w.Application != nil {
		folders = append(folders, w.Application.PhysicalPath)
	}
	if w.VirtualDirectory != nil {
		folders = append(folders, w.VirtualDirectory.PhysicalPath)
	}
	return folders
}

// confirm lets the pool's identity use the keys of certificate variables.
func (s *iisSite) confirm(context.Context) error {
	if len(s.imported) == 0 {
		return nil
	}
	wanted, _, err := s.resolve()
	if err != nil || wanted.Site == nil {
		return err
	}
	pool := wanted.Site.Pool
	account := iis.Account(pool.Identity, pool.User, pool.Name)
	for _, c := range s.imported {
		if err := s.certificates().Grant(c.store, c.thumbprint, account); err != nil {
			return fmt.Errorf("%s cannot be given the private key of certificate %s: %w", account, c.thumbprint, err)
		}
		s.note("IIS: %s may use the private key of certificate %s", account, c.thumbprint)
	}
	return nil
}

func (s *iisSite) finish(context.Context) error { return s.machine.Finish() }

func (s *iisSite) back(ctx context.Context) error {
	if !s.machine.Interrupted() {
		return nil
	}
	return s.aloneAtIIS(ctx, s.machine, func() error { return s.machine.Restore(ctx) })
}

// blocked names the file that is held, and adds the way out.
func blocked(err error) error {
	held := (*inuse.HeldError)(nil)
	if !errors.As(err, &held) {
		return err
	}
	if about := (*os.PathError)(nil); errors.As(held.Err, &about) {
		held.Path = about.Path
	}
	return fmt.Errorf("%w. If it is IIS's worker process: say `offline: true`, so that it lets go of its files, or leave the custom directory out, so that each version has a fresh folder", held)
}
