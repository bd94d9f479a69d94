package pipelines

import (
	"strconv"
	"strings"
)

// Claim says that a deployment means to be the only one with something on a
// target: a port, a site, a file, a unit. Targets are ids.
type Claim struct {
	Kind    string   `json:"kind"` // "port", "file", "service"
	Value   string   `json:"value"`
	Step    string   `json:"step"`
	Targets []string `json:"targets"`
	// Holder is who held it when a plan found it taken, like Shop/Test or a step's
	// name. It is the plan's and no part of what is held.
	Holder string `json:"holder,omitempty"`
	// Allowed says that the step takes it also where another holds it.
	Allowed bool `json:"allowed,omitempty"`
	// When is a text that may come to "false", and then nothing is claimed. It is
	// the step's and no part of what is held.
	When string `json:"when,omitempty"`
}

// Same says whether two claims mean the same thing, however they are written.
// IIS takes no notice of case in its names.
func (c Claim) Same(other Claim) bool {
	if c.Kind != other.Kind {
		return false
	}
	a, b := c.Canonical(), other.Canonical()
	return a == b || strings.HasPrefix(c.Kind, "iis ") && strings.EqualFold(a, b)
}

// Canonical is the value as the host reads it once it is evaluated: without
// spaces around it, a port as a number, a path of IIS with one slash before each part.
func (c Claim) Canonical() string {
	value := strings.TrimSpace(c.Value)
	switch c.Kind {
	case "port":
		return canonicalPort(value)
	case "iis path":
		return canonicalPath(value)
	}
	return value
}

// canonicalPort reads a port like 8081 or `8081 at 10.0.0.1 for shop.example.org`.
func canonicalPort(value string) string {
	value, host, _ := strings.Cut(value+" ", " for ")
	port, address, _ := strings.Cut(value+" ", " at ")
	port, address, host = strings.TrimSpace(port), strings.TrimSpace(address), strings.TrimSpace(host)
	if n, err := strconv.Atoi(port); err == nil {
		port = strconv.Itoa(n)
	}
	if address != "" && address != "*" {
		port += " at " + strings.ToLower(strings.Trim(address, "[]"))
	}
	if host != "" {
		port += " for " + strings.ToLower(host)
	}
	return port
}

// canonicalPath reads a site's name and a path below it.
func canonicalPath(value string) string {
	parts := strings.FieldsFunc(value, func(c rune) bool { return c == '/' || c == '\\' })
	if len(parts) > 0 {
		parts[0] = strings.TrimSpace(parts[0])
	}
	return strings.Join(parts, "/")
}

// Holder is who holds claims: one project in one environment.
type Holder struct {
	ProjectID     string  `json:"projectId"`
	Project       string  `json:"project"`
	EnvironmentID string  `json:"environmentId"`
	Environment   string  `json:"environment"`
	Claims        []Claim `json:"claims"`
	// By is the deployment that wrote this down.
	By string `json:"by,omitempty"`
}

// Clash finds another holder of the same thing on one of the claim's targets,
// allowed or not. Of several it is the one that came last: whoever took it over
// is who has it.
func (c Claim) Clash(projectID, environmentID string, holders []Holder) (last Holder, target string, clash bool) {
	for _, h := range holders {
		if h.ProjectID == projectID && h.EnvironmentID == environmentID {
			continue
		}
		if t, holds := h.holds(c); holds && (!clash || cameAfter(h.By, last.By)) {
			last, target, clash = h, t, true
		}
	}
	return last, target, clash
}

// Lost finds who has come to hold the same thing since the given deployment held
// it, and on which target. A holder that deployed again since has lost nothing.
func (c Claim) Lost(projectID, environmentID, deployment string, holders []Holder) (by Holder, target string, lost bool) {
	for _, h := range holders {
		if h.ProjectID == projectID && h.EnvironmentID == environmentID && h.By != deployment {
			return Holder{}, "", false
		}
	}
	by, target, lost = c.Clash(projectID, environmentID, holders)
	return by, target, lost && cameAfter(by.By, deployment)
}

// holds says on which of the claim's targets somebody holds the same thing.
func (h Holder) holds(c Claim) (target string, ok bool) {
	for _, held := range h.Claims {
		if !held.Same(c) {
			continue
		}
		for _, t := range c.Targets {
			if HasName(held.Targets, t) {
				return t, true
			}
		}
	}
	return "", false
}

// cameAfter compares ids like Deployments-12, which are counted up.
func cameAfter(a, b string) bool {
	return len(a) > len(b) || len(a) == len(b) && a > b
}
