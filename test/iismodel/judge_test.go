package iismodel

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"slipway/pipelines/iisconf"
)

// The judge reads the model itself: no line of iisconf and of executor/iis
// helps it to say what is right.

// part is one thing of a machine with all that counts about it.
type part struct{ what, text string }

// view is what a machine has, with defaults filled in: how a value came to be
// is no part of it. What it leaves out are the harmless leftovers that a way
// back may have:
//   - a value that is now written where it was the default before,
//   - the order of bindings,
//   - user and password of a pool that runs as something else,
//   - sections for a site that is not there,
//   - the id of who bound a certificate, and whether the store My was named,
//   - sslFlags 0 written or not.
func view(c config) []part {
	var all []part
	for _, p := range c.pools {
		text := p.state
		for _, a := range poolSchema {
			v := p.or(poolSchema, a.path)
			if a.says == "pool.user" && p.or(poolSchema, "processModel.identityType") != "SpecificUser" {
				continue
			}
			text += "\n  " + a.path + "=" + v
		}
		all = append(all, part{"pool " + strings.ToLower(p.get("name")), text})
	}
	for _, s := range c.sites {
		all = append(all, part{"site " + strings.ToLower(s.get("name")), viewSite(&c, s)})
	}
	for _, e := range c.certificates {
		store := e.store
		if store == "" {
			store = "My"
		}
		all = append(all, part{"certificate " + e.tag + " " + strings.ToLower(e.address), strings.ToUpper(e.hash) + " " + strings.ToLower(store)})
	}
	for name, open := range c.unlocked {
		all = append(all, part{"unlocked " + name, strconv.FormatBool(open)})
	}
	slices.SortFunc(all, func(a, b part) int { return strings.Compare(a.what, b.what) })
	return all
}

func viewSite(c *config, s *site) string {
	text := s.state + " id=" + s.get("id") + " auto=" + s.or(siteSchema, "serverAutoStart")
	text += "\n  " + strings.Join(flagged(s.bindings), "\n  ")
	for _, name := range sectionNames() {
		text += "\n  " + name + " " + effectiveEnabled(c, name, s.get("name"))
	}
	var apps []string
	for _, a := range s.apps {
		one := "\n  " + a.get("path") + " pool=" + a.or(appSchema, "applicationPool")
		for _, d := range a.dirs {
			one += "\n    " + d.get("path") + " -> " + d.get("physicalPath")
		}
		apps = append(apps, one)
	}
	slices.Sort(apps)
	return text + strings.Join(apps, "")
}

func effectiveEnabled(c *config, name, path string) string {
	return c.effective(name, path).or(sections[name], "enabled")
}

func flagged(list []binding) []string {
	var all []string
	for _, b := range list {
		flags := b.sslFlags
		if flags == "" {
			flags = "0"
		}
		all = append(all, strings.ToLower(b.protocol+" "+b.information+" "+flags))
	}
	slices.Sort(all)
	return all
}

// differences are the parts in which two machines are not the same.
func differences(before, after config, leaveOut func(what string) bool) []string {
	old, now := map[string]string{}, map[string]string{}
	for _, p := range view(before) {
		old[p.what] = p.text
	}
	for _, p := range view(after) {
		now[p.what] = p.text
	}
	var all []string
	for what, text := range old {
		if got, there := now[what]; !leaveOut(what) && (!there || got != text) {
			all = append(all, fmt.Sprintf("%s was\n%s\nand is\n%s", what, text, got))
		}
	}
	for what, text := range now {
		if _, there := old[what]; !there && !leaveOut(what) {
			all = append(all, fmt.Sprintf("%s is new:\n%s", what, text))
		}
	}
	slices.Sort(all)
	return all
}

func nothing(string) bool { return false }

// meant are the things that a step may change.
func meant(before config, w iisconf.Wanted) func(string) bool {
	ours := map[string]bool{}
	if s := w.Site; s != nil {
		ours["site "+strings.ToLower(s.Name)], ours["pool "+strings.ToLower(s.Pool.Name)] = true, true
		for _, b := range s.Bindings {
			if b.Protocol == "https" {
				ours["certificate "+entryOf(b.Address, strconv.Itoa(b.Port), b.Host, b.SNI)] = true
			}
		}
		if there := before.site(s.Name); there != nil {
			for _, b := range there.bindings {
				// What is merged and not asked for keeps its certificate.
				if b.protocol == "https" && (!s.MergeBindings || asks(s, b)) {
					host, rest := b.information[strings.LastIndexByte(b.information, ':')+1:], b.information[:strings.LastIndexByte(b.information, ':')]
					address, port, _ := cutLast(rest)
					ours["certificate "+entryOf(address, port, host, b.sslFlags == "1")] = true
				}
			}
		}
	}
	if a := w.Application; a != nil {
		ours["site "+strings.ToLower(a.Site)], ours["pool "+strings.ToLower(a.Pool.Name)] = true, true
	}
	if v := w.VirtualDirectory; v != nil {
		ours["site "+strings.ToLower(v.Site)] = true
	}
	return func(what string) bool { return ours[what] }
}

// asks says whether a binding that is there is wanted, if with other flags.
func asks(w *iisconf.Site, there binding) bool {
	return slices.ContainsFunc(w.Bindings, func(b iisconf.Binding) bool {
		address := b.Address
		if address == "" {
			address = "*"
		}
		return equal(b.Protocol, there.protocol) && equal(address+":"+strconv.Itoa(b.Port)+":"+b.Host, there.information)
	})
}

// entryOf is where http.sys keeps the certificate of a binding.
func entryOf(address, port, host string, sni bool) string {
	if sni {
		return "hostnameport " + strings.ToLower(host) + ":" + port
	}
	if address == "*" || address == "" {
		address = "0.0.0.0"
	}
	return "ipport " + address + ":" + port
}

// missing is what a machine lacks of what was wanted.
func missing(before, c config, w iisconf.Wanted) []string {
	var all []string
	lacks := func(format string, a ...any) { all = append(all, fmt.Sprintf(format, a...)) }
	if w.Site != nil {
		missingSite(before, c, w.Site, lacks)
	}
	if w.Application != nil {
		missingPool(c, w.Application.Pool, lacks)
		missingFolder(c, w.Application.Site, w.Application.Path, "/", w.Application.PhysicalPath, lacks)
		if s := c.site(w.Application.Site); s != nil {
			if a := s.app(w.Application.Path); a != nil && !equal(a.or(appSchema, "applicationPool"), w.Application.Pool.Name) {
				lacks("application %s runs in %s", w.Application.Path, a.or(appSchema, "applicationPool"))
			}
		}
	}
	if v := w.VirtualDirectory; v != nil {
		app, dir := "/", v.Path
		if s := c.site(v.Site); s != nil {
			for _, a := range s.apps {
				if p := a.get("path"); p != "/" && strings.HasPrefix(strings.ToLower(v.Path), strings.ToLower(p)+"/") && len(p) > len(app) {
					app, dir = p, v.Path[len(p):]
				}
			}
		}
		missingFolder(c, v.Site, app, dir, v.PhysicalPath, lacks)
	}
	return all
}

func missingSite(before, c config, w *iisconf.Site, lacks func(string, ...any)) {
	missingPool(c, w.Pool, lacks)
	missingFolder(c, w.Name, "/", "/", w.PhysicalPath, lacks)
	s := c.site(w.Name)
	if s == nil {
		lacks("there is no site %s", w.Name)
		return
	}
	if a := s.app("/"); a != nil && !equal(a.or(appSchema, "applicationPool"), w.Pool.Name) {
		lacks("the site runs in %s", a.or(appSchema, "applicationPool"))
	}
	var want []binding
	for _, b := range w.Bindings {
		x := binding{protocol: b.Protocol, information: b.Address + ":" + strconv.Itoa(b.Port) + ":" + b.Host}
		if b.Address == "" {
			x.information = "*" + x.information
		}
		if b.SNI {
			x.sslFlags = "1"
		}
		want = append(want, x)
		if b.Protocol != "https" {
			continue
		}
		tag, address, _ := strings.Cut(entryOf(b.Address, strconv.Itoa(b.Port), b.Host, b.SNI), " ")
		if e := c.certificate(tag, address); e == nil || !equal(e.hash, b.Thumbprint) {
			lacks("nobody answers on %s with %s", address, b.Thumbprint)
		}
	}
	if old := before.site(w.Name); old != nil && w.MergeBindings {
		for _, b := range old.bindings {
			asked := slices.ContainsFunc(want, func(x binding) bool {
				return equal(x.protocol, b.protocol) && equal(x.information, b.information)
			})
			if !asked && (b.protocol != "http" || !equal(b.information, "*:81:od-temp.example.com")) {
				want = append(want, b)
			}
		}
	}
	if has := flagged(s.bindings); !slices.Equal(has, flagged(want)) {
		lacks("bindings are %v, want %v", has, flagged(want))
	}
	for name, on := range map[string]bool{"anonymous": w.Anonymous, "basic": w.Basic, "windows": w.Windows} {
		if got := effectiveEnabled(&c, authentication+name+"Authentication", s.get("name")); got != strconv.FormatBool(on) {
			lacks("%s is %s", name, got)
		}
	}
	if w.Stopped != (s.state == stopped) && len(want) > 0 {
		lacks("the site is %s", s.state)
	}
}

func missingPool(c config, w iisconf.Pool, lacks func(string, ...any)) {
	p := c.pool(w.Name)
	if p == nil {
		lacks("there is no pool %s", w.Name)
		return
	}
	if got := p.or(poolSchema, "managedRuntimeVersion"); got != w.Framework {
		lacks("pool %s has framework %q, want %q", w.Name, got, w.Framework)
	}
	if got := p.or(poolSchema, "processModel.identityType"); got != w.Identity {
		lacks("pool %s runs as %s, want %s", w.Name, got, w.Identity)
	}
	if w.Identity == "SpecificUser" && (p.get("processModel.userName") != w.User || p.get("processModel.password") != w.Password) {
		lacks("pool %s runs as user %q", w.Name, p.get("processModel.userName"))
	}
	if w.Stopped != (p.state == stopped) {
		lacks("pool %s is %s", w.Name, p.state)
	}
}

func missingFolder(c config, siteName, app, dir, want string, lacks func(string, ...any)) {
	s := c.site(siteName)
	if s == nil {
		lacks("there is no site %s", siteName)
		return
	}
	a := s.app(app)
	if a == nil {
		lacks("there is no application %s", app)
		return
	}
	if d := a.dir(dir); d == nil || d.get("physicalPath") != want {
		lacks("%s of %s does not serve %s", dir, app, want)
	}
}

// onTheWay are faults of the way from one state to another, call by call.
func onTheWay(before config, calls []Call, w iisconf.Wanted) []string {
	var all []string
	may := map[string]bool{} // bindings on port 80 that were or are meant to be
	for _, s := range before.sites {
		for _, b := range s.bindings {
			if strings.Contains(b.information, ":80:") {
				may[strings.ToLower(s.get("name")+" "+b.information)] = true
			}
		}
	}
	if w.Site != nil {
		for _, b := range w.Site.Bindings {
			if b.Port == 80 {
				address := b.Address
				if address == "" {
					address = "*"
				}
				may[strings.ToLower(w.Site.Name+" "+address+":80:"+b.Host)] = true
			}
		}
	}
	switched := false
	for _, c := range calls {
		all = append(all, down(before, c, w)...)
		line := strings.Join(c.Args, " ")
		for _, arg := range c.Args {
			if name, value, ok := strings.Cut(strings.ToLower(arg), "password:"); ok && value != "" && strings.HasPrefix(name, "/") || strings.Contains(arg, secret) {
				all = append(all, "a password on the command line of call "+strconv.Itoa(c.Number))
			}
		}
		if c.Exit == Refused {
			all = append(all, "the model refused "+line)
		}
		if c.Write == 0 {
			continue
		}
		for _, s := range c.after.sites {
			for _, b := range s.bindings {
				if strings.Contains(b.information, ":80:") && !may[strings.ToLower(s.get("name")+" "+b.information)] {
					all = append(all, fmt.Sprintf("call %d bound %s of %s", c.Number, b.information, s.get("name")))
				}
			}
		}
		isSwitch := len(c.Args) > 1 && c.Args[0] == "set" && c.Args[1] == "vdir"
		if switched && !isSwitch && c.Args[0] != "start" {
			all = append(all, fmt.Sprintf("after the switch came %s", line))
		}
		switched = switched || isSwitch
	}
	return all
}

// down says where a site that ran, and is to run, does not at this moment, or
// serves something that is neither its old folder nor the new one.
func down(before config, c Call, w iisconf.Wanted) []string {
	if w.Site == nil || w.Site.Stopped || c.Write == 0 {
		return nil
	}
	was, is := before.site(w.Site.Name), c.after.site(w.Site.Name)
	if was == nil || was.state != started {
		return nil
	}
	if is == nil || is.state != started {
		return []string{fmt.Sprintf("after call %d site %s is down", c.Number, w.Site.Name)}
	}
	// A pool that is stopped answers nothing, whatever its site does.
	if p := poolOf(&before, was); p != nil && p.state == started && !w.Site.Pool.Stopped {
		if q := poolOf(&c.after, is); q != nil && q.state != started {
			return []string{fmt.Sprintf("after call %d site %s is in pool %s, which is stopped", c.Number, w.Site.Name, q.get("name"))}
		}
	}
	if served := servedBy(is); served != "" && served != servedBy(was) && served != w.Site.PhysicalPath {
		return []string{fmt.Sprintf("after call %d site %s serves %s", c.Number, w.Site.Name, served)}
	}
	return nil
}

// poolOf is the pool of a site's root, nil where it has none.
func poolOf(c *config, s *site) *pool {
	if a := s.app("/"); a != nil {
		return c.pool(a.or(appSchema, "applicationPool"))
	}
	return nil
}

// servedBy is the folder of a site's root, "" without one.
func servedBy(s *site) string {
	if a := s.app("/"); a != nil {
		if d := a.dir("/"); d != nil {
			return d.get("physicalPath")
		}
	}
	return ""
}
