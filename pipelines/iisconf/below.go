package iisconf

// application is a wanted application below a site.
func (d *differ) application(w *Application) {
	there, ok := d.parentSite("application", w.Site, w.Path)
	if !ok {
		return
	}
	if own := there.owner(w.Path); there.hasDirectory(own, w.Path) {
		d.refuse("%s of site %q is a virtual directory and would become an application: remove the virtual directory first, or choose another path", w.Path, there.Name)
		return
	}
	pool := d.pool(w.Pool)
	i, found := there.application(w.Path)
	if !found {
		d.before(Action{Verb: AddApplication, Site: there.Name, Path: w.Path, Physical: w.PhysicalPath, Pool: Pool{Name: pool}})
		return
	}
	a := there.Applications[i]
	if former, ok := d.applicationRoot(there.Name, a, pool, w.PhysicalPath); ok {
		d.switchTo(there.Name, a.Path, a.Path, former, w.PhysicalPath)
	}
}

// virtualDirectory is a wanted virtual directory; beside is an application of
// the same list, which comes later.
func (d *differ) virtualDirectory(w *VirtualDirectory, beside *Application) {
	there, ok := d.parentSite("virtual directory", w.Site, w.Path)
	if !ok {
		return
	}
	if _, ok := there.application(w.Path); ok {
		d.refuse("%s of site %q is an application and would become a virtual directory: remove the application first, or choose another path", w.Path, there.Name)
		return
	}
	own := there.owner(w.Path)
	if beside != nil && same(beside.Site, w.Site) && above(beside.Path, w.Path) && len(beside.Path) > len(own) {
		d.refuse("virtual directory %s of site %q lies in application %s, which is not there yet, and virtual directories come first: deploy the application by an earlier step", w.Path, there.Name, beside.Path)
		return
	}
	i, ok := there.application(own)
	if !ok {
		d.refuse("site %q has no root application, so nothing can lie below it: deploy the site first", there.Name)
		return
	}
	a := there.Applications[i]
	k, ok := a.directory(within(own, w.Path))
	if !ok {
		d.before(Action{Verb: AddDirectory, Site: there.Name, Application: own, Path: w.Path, Physical: w.PhysicalPath})
		return
	}
	has := a.Directories[k]
	d.switchTo(there.Name, own, join(own, has.Path), has.PhysicalPath, w.PhysicalPath)
}

// parentSite is the site below which something is wanted, where it and every
// part of the path but the last are there.
func (d *differ) parentSite(what, site, path string) (SiteState, bool) {
	i, ok := d.state.site(site)
	if !ok {
		d.refuse("site %q is not there, so it can have no %s %s: deploy the site by an earlier step", site, what, path)
		return SiteState{}, false
	}
	there := d.state.Sites[i]
	for _, parent := range parents(path) {
		if _, ok := there.physical(parent); !ok && !d.isFolder(there.Name, parent) {
			d.refuse("%s of site %q is not there, so it can have no %s %s: make each part of the path first", parent, there.Name, what, path)
			return SiteState{}, false
		}
	}
	return there, true
}

func (d *differ) isFolder(site, path string) bool {
	for _, f := range d.state.Folders {
		if same(f.Site, site) && same(f.Path, path) {
			return true
		}
	}
	return false
}

func (s SiteState) hasDirectory(application, path string) bool {
	i, ok := s.application(application)
	if !ok || same(application, path) {
		return false
	}
	_, ok = s.Applications[i].directory(within(application, path))
	return ok
}
