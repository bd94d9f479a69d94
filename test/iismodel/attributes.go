package iismodel

import "strings"

// attributes are the ones that are set, by their path below the element
// ("processModel.userName"); the others have the default of the schema.
type attributes map[string]string

func (a attributes) get(path string) string { return a[path] }

// or is the attribute or its default.
func (a attributes) or(s schema, path string) string {
	if v, ok := a[path]; ok {
		return v
	}
	for _, x := range s {
		if x.path == path {
			return x.missing
		}
	}
	return ""
}

// attribute is an attribute of the schema: its default, which values it takes
// (none: any) and the behaviour that has the sentence.
type attribute struct {
	path, missing string
	values        []string
	says          string
}

type schema []attribute

// find knows attributes without regard to case, as appcmd does in its
// documentation (`/serverautostart:false`).
func (s schema) find(path string) (attribute, bool) {
	for _, a := range s {
		if strings.EqualFold(a.path, path) {
			return a, true
		}
	}
	return attribute{}, false
}

var truth = []string{"true", "false"}

var poolSchema = schema{
	{"name", "", nil, "pool.name"},
	{"queueLength", "1000", nil, "pool.attributes"},
	{"autoStart", "true", truth, "pool.autostart"},
	{"enable32BitAppOnWin64", "false", truth, "pool.attributes"},
	{"managedRuntimeVersion", "v4.0", nil, "pool.runtime"},
	{"managedPipelineMode", "Integrated", []string{"Integrated", "Classic"}, "pool.attributes"},
	{"startMode", "OnDemand", []string{"OnDemand", "AlwaysRunning"}, "pool.attributes"},
	{"processModel.identityType", "ApplicationPoolIdentity", []string{"LocalSystem", "LocalService", "NetworkService", "SpecificUser", "ApplicationPoolIdentity"}, "pool.identity"},
	{"processModel.userName", "", nil, "pool.user"},
	{"processModel.password", "", nil, "pool.user"},
	{"processModel.loadUserProfile", "false", truth, "pool.attributes"},
	{"processModel.idleTimeout", "00:20:00", nil, "pool.attributes"},
}

var siteSchema = schema{
	{"name", "", nil, "site.name"},
	{"id", "", nil, "site.id"},
	{"serverAutoStart", "true", truth, "site.autostart"},
}

var appSchema = schema{
	{"path", "", nil, "app.add"},
	{"applicationPool", "DefaultAppPool", nil, "app.pool"},
	{"enabledProtocols", "http", nil, "app.attributes"},
}

var dirSchema = schema{
	{"path", "", nil, "vdir.add"},
	{"physicalPath", "", nil, "vdir.path"},
	{"userName", "", nil, "vdir.attributes"},
	{"password", "", nil, "vdir.attributes"},
	{"logonMethod", "ClearText", []string{"Interactive", "Batch", "Network", "ClearText"}, "vdir.attributes"},
	{"allowSubDirConfig", "true", truth, "vdir.attributes"},
}

// sections are the sections that the model knows, by their names in full.
var sections = map[string]schema{
	authentication + "anonymousAuthentication": {
		{"enabled", "true", truth, "config.anonymous"},
		{"userName", "IUSR", nil, "config.anonymous"},
		{"password", "", nil, "config.anonymous"},
		{"logonMethod", "ClearText", []string{"Interactive", "Batch", "Network", "ClearText"}, "config.anonymous"},
	},
	authentication + "basicAuthentication": {
		{"enabled", "false", truth, "config.basic"},
		{"realm", "", nil, "config.basic"},
		{"defaultLogonDomain", "", nil, "config.basic"},
		{"logonMethod", "ClearText", []string{"Interactive", "Batch", "Network", "ClearText"}, "config.basic"},
	},
	authentication + "windowsAuthentication": {
		{"enabled", "false", truth, "config.windows"},
		{"authPersistSingleRequest", "false", truth, "config.windows"},
		{"authPersistNonNTLM", "false", truth, "config.windows"},
		{"useKernelMode", "true", truth, "config.windows"},
	},
}

const authentication = "system.webServer/security/authentication/"

// check takes a value for an attribute. What IIS says to a value that an
// enumeration lacks is not written down, so the model refuses it.
func (a attribute) check(value string) (string, error) {
	if a.values == nil {
		return value, nil
	}
	for _, v := range a.values {
		if strings.EqualFold(v, value) {
			return v, nil
		}
	}
	return "", refuse("the value %q of %s", value, a.path)
}
