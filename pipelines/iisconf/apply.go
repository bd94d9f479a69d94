package iisconf

import (
	"errors"
	"fmt"
	"slices"
)

// Apply is what IIS has after an action, or why the action cannot be done. It
// is a model: it knows no locks, no missing rights and no wrong passwords.
func Apply(s State, a Action) (State, error) {
	s = s.clone()
	var err error
	switch a.Verb {
	case AddPool, StopPool, SetIdentity, SetFramework, StartPool:
		err = s.applyPool(a)
	case AddSite:
		err = s.addSite(a)
	case DropCertificate, BindCertificate:
		err = s.applyCertificate(a)
	default:
		err = s.applySite(a)
	}
	if err != nil {
		return s, fmt.Errorf("%s: %w", a, err)
	}
	return s, nil
}

func (s *State) applyPool(a Action) error {
	i, ok := s.pool(a.Pool.Name)
	if a.Verb == AddPool {
		if ok {
			return errors.New("there is a pool of that name")
		}
		s.Pools = append(s.Pools, Pool{Name: a.Pool.Name, Framework: defaultFramework, Identity: applicationPoolIdentity})
		return nil
	}
	if !ok {
		return errors.New("there is no such pool")
	}
	p := &s.Pools[i]
	switch a.Verb {
	case StopPool:
		p.Stopped = true
	case StartPool:
		p.Stopped = false
	case SetIdentity:
		p.Identity, p.User = a.Pool.Identity, a.Pool.User
	case SetFramework:
		p.Framework = a.Pool.Framework
	}
	return nil
}

func (s *State) addSite(a Action) error {
	if _, ok := s.site(a.Site); ok {
		return errors.New("there is a site of that name")
	}
	if slices.ContainsFunc(s.Sites, func(t SiteState) bool { return t.ID == a.SiteID }) {
		return fmt.Errorf("there is a site with id %d", a.SiteID)
	}
	s.Sites = append(s.Sites, SiteState{
		Name: a.Site, ID: a.SiteID, Bindings: slices.Clone(a.Bindings),
		Applications: []ApplicationState{{Path: "/", Pool: "DefaultAppPool", Directories: []DirectoryState{{Path: "/", PhysicalPath: a.Physical}}}},
	})
	return nil
}

func (s *State) applyCertificate(a Action) error {
	i, ok := s.certificate(a.Certificate)
	switch {
	case a.Verb == DropCertificate && !ok:
		return errors.New("there is no certificate on it")
	case a.Verb == DropCertificate:
		s.Certificates = slices.Delete(s.Certificates, i, i+1)
	case ok:
		return errors.New("there is a certificate on it already")
	default:
		s.Certificates = append(s.Certificates, a.Certificate)
	}
	return nil
}

// applySite does what changes a site that is there.
func (s *State) applySite(a Action) error {
	i, ok := s.site(a.Site)
	if !ok {
		return errors.New("there is no such site")
	}
	t := &s.Sites[i]
	switch a.Verb {
	case StopSite:
		t.Stopped = true
	case StartSite:
		t.Stopped = false
	case SetBindings:
		t.Bindings = slices.Clone(a.Bindings)
	case SetLogins:
		s.setLogins(t.Name, a.Logins)
	case AddApplication:
		return s.addApplication(t, a)
	case SetPool:
		return s.setPool(t, a)
	case AddDirectory, SetPath:
		return t.applyDirectory(a)
	default:
		return fmt.Errorf("there is no verb %q", a.Verb)
	}
	return nil
}

func (s *State) setLogins(site string, l Login) {
	if s.Logins == nil {
		s.Logins = map[string]Login{}
	}
	for name := range s.Logins {
		if same(name, site) {
			site = name
		}
	}
	s.Logins[site] = l
}

func (s *State) addApplication(t *SiteState, a Action) error {
	if _, ok := t.application(a.Path); ok {
		return errors.New("there is an application already")
	}
	if _, ok := s.pool(a.Pool.Name); !ok {
		return errors.New("there is no such pool")
	}
	t.Applications = append(t.Applications, ApplicationState{Path: a.Path, Pool: a.Pool.Name, Directories: []DirectoryState{{Path: "/", PhysicalPath: a.Physical}}})
	return nil
}

// setPool takes the name of a pool that is not there, too, as IIS does: what an
// application had before may be one.
func (s *State) setPool(t *SiteState, a Action) error {
	i, ok := t.application(a.Path)
	if !ok {
		return errors.New("there is no such application")
	}
	t.Applications[i].Pool = a.Pool.Name
	return nil
}

func (t *SiteState) applyDirectory(a Action) error {
	i, ok := t.application(a.Application)
	if !ok {
		return fmt.Errorf("there is no application %s", a.Application)
	}
	in := &t.Applications[i]
	k, ok := in.directory(a.Directory())
	switch {
	case a.Verb == AddDirectory && ok:
		return errors.New("there is a virtual directory already")
	case a.Verb == AddDirectory:
		in.Directories = append(in.Directories, DirectoryState{Path: a.Directory(), PhysicalPath: a.Physical})
	case !ok:
		return errors.New("there is no such virtual directory")
	default:
		in.Directories[k].PhysicalPath = a.Physical
	}
	return nil
}
