package iisconf

import (
	"errors"
	"fmt"
	"slices"
)

// Diff is the ordered list of what has to change, or why IIS cannot be as it is
// wanted; then nothing is to be changed at all. A second time the list is empty
// but for the passwords of pools, which nobody can read back.
//
// Where several are wanted, the order is virtual directory, application, site;
// their switches come together behind everything that prepares them, and what
// is started comes last.
func Diff(w Wanted, s State) ([]Action, error) {
	d := &differ{state: s}
	w = d.clean(w)
	d.agree(w)
	d.wanted = w
	if w.VirtualDirectory != nil {
		d.virtualDirectory(w.VirtualDirectory, w.Application)
	}
	if w.Application != nil {
		d.application(w.Application)
	}
	if w.Site != nil {
		d.site(w.Site)
	}
	if len(d.refusals) > 0 {
		return nil, errors.Join(d.refusals...)
	}
	return slices.Concat(d.prepares, d.late, d.switches, d.starts), nil
}

type differ struct {
	state    State
	wanted   Wanted   // cleaned
	prepares []Action // what comes before the first switch
	late     []Action // what the old version may not bear, right before the switch
	switches []Action
	starts   []Action
	pools    []Pool // looked at already
	refusals []error
}

func (d *differ) before(a Action) { d.prepares = append(d.prepares, a) }

func (d *differ) lately(a Action) { d.late = append(d.late, a) }

func (d *differ) start(a Action) { d.starts = append(d.starts, a) }

func (d *differ) refuse(format string, args ...any) {
	d.refusals = append(d.refusals, fmt.Errorf(format, args...))
}

// switchTo points a directory at another folder, if it is not there yet.
func (d *differ) switchTo(site, application, path, former, wanted string) {
	if former != wanted {
		d.switches = append(d.switches, Action{Verb: SetPath, Site: site, Application: application, Path: path, Physical: wanted, Former: former})
	}
}

// site is a wanted site. Everything but its folder is made ready first.
func (d *differ) site(w *Site) {
	pool := d.pool(w.Pool)
	there, found := d.siteOrNew(w)
	if w.Stopped && (!found || !there.Stopped) {
		d.before(Action{Verb: StopSite, Site: there.Name})
	}
	former, hasRoot := d.root(there, found, pool, w.PhysicalPath)

	d.certificates(w, there.Bindings)
	if l, known := d.state.login(there.Name); !known || !found || l != w.login() {
		d.before(Action{Verb: SetLogins, Site: there.Name, Logins: w.login()})
	}
	all, differ := bindings(w, there.Bindings)
	d.othersBindings(w, all)
	if differ {
		d.before(Action{Verb: SetBindings, Site: there.Name, Bindings: all})
	}
	d.dropped(there.Name, there.Bindings, all)
	if hasRoot {
		d.switchTo(there.Name, "/", "/", former, w.PhysicalPath)
	}
	// IIS cannot start a site that has no binding.
	if !w.Stopped && (there.Stopped || !found) && len(all) > 0 {
		d.start(Action{Verb: StartSite, Site: there.Name})
	}
}

func (w *Site) login() Login {
	return Login{Anonymous: w.Anonymous, Basic: w.Basic, Windows: w.Windows}
}

// siteOrNew is the site that is there, or the one that the list adds.
func (d *differ) siteOrNew(w *Site) (there SiteState, found bool) {
	if i, ok := d.state.site(w.Name); ok {
		return d.state.Sites[i], true
	}
	highest := 0
	for _, t := range d.state.Sites {
		highest = max(highest, t.ID)
	}
	a := Action{Verb: AddSite, Site: w.Name, SiteID: highest + 1, Bindings: []Binding{throwAway}, Physical: w.PhysicalPath}
	d.before(a)
	return SiteState{Name: w.Name, ID: a.SiteID, Bindings: a.Bindings}, false
}

// root sees to the site's root application and its pool, and says which folder
// it has. A new site has the right one from the start: nobody asks for it yet.
func (d *differ) root(there SiteState, found bool, pool, folder string) (former string, ok bool) {
	if !found {
		d.before(Action{Verb: SetPool, Site: there.Name, Path: "/", Pool: Pool{Name: pool}})
		return "", false
	}
	i, ok := there.application("/")
	if !ok {
		d.before(Action{Verb: AddApplication, Site: there.Name, Path: "/", Physical: folder, Pool: Pool{Name: pool}})
		return "", false
	}
	return d.applicationRoot(there.Name, there.Applications[i], pool, folder)
}

// applicationRoot sees to the pool and the root directory of an application
// that is there.
func (d *differ) applicationRoot(site string, a ApplicationState, pool, folder string) (former string, ok bool) {
	if !same(a.Pool, pool) {
		d.before(Action{Verb: SetPool, Site: site, Path: a.Path, Pool: Pool{Name: pool}})
	}
	former, ok = a.root()
	if !ok {
		d.before(Action{Verb: AddDirectory, Site: site, Application: a.Path, Path: a.Path, Physical: folder})
	}
	return former, ok
}
