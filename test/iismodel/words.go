package iismodel

import (
	"errors"
	"fmt"
)

// complaint is how IIS says an error: the words, and the system error code that
// it ends with. The ones with an HRESULT begin with it.
type complaint struct {
	format  string
	exit    int
	hresult string
	headed  string // what stands between HRESULT and words
}

const (
	executing  = "Command execution failed."
	committing = "Failed to commit configuration changes.  "
)

// complaints are by behaviour.
var complaints = map[string]complaint{
	"missing.site":      {`Cannot find SITE object with identifier "%s". `, 1168, "", ""},
	"missing.app":       {`Cannot find APP object with identifier "%s". `, 1168, "", ""},
	"missing.vdir":      {`Cannot find VDIR object with identifier "%s". `, 1168, "", ""},
	"missing.apppool":   {`Cannot find APPPOOL object with identifier "%s". `, 1168, "", ""},
	"element.missing":   {"Cannot find requested collection element. ", 4312, "", ""},
	"duplicate.name":    {`Failed to add duplicate collection element "%s". `, 183, "", ""},
	"duplicate.binding": {"New binding object missing required attributes. Cannot add duplicate collection entry of type 'binding' with combined key attributes 'protocol, bindingInformation' respectively set to '%s, %s'\r\n\r\n. ", 183, "", ""},
	"duplicate.id":      {"Cannot add duplicate collection entry of type 'site' with unique key attribute 'id' set to '%s'\r\n\r\n. ", 183, "", ""},
	"args.indexer":      {"Malformed collection indexer; format is [@position,name='value',name2='value2',...].  The @position specifier is optional, and be '@start', '@end', or '@N' where N is a numeric index into the collection. ", 87, "", ""},
	"start.taken":       {"Cannot create a file when that file already exists.", 183, "800700b7", executing},
	"stop.stopped":      {"The service has not been started.", 1062, "80070426", executing},
	"start.started":     {"An instance of the service is already running.", 1056, "80070420", executing},
	"config.locked":     {"This configuration section cannot be used at this path. This happens when the section is locked at a parent level. Locking is either by default (overrideModeDefault=\"Deny\"), or set explicitly by a location tag with overrideMode=\"Deny\" or the legacy allowOverride=\"false\".", 33, "80070021", committing},
	"fault.busy":        {"The process cannot access the file because it is being used by another process.", 32, "80070020", committing},
	"fault.locked":      {"The process cannot access the file because another process has locked a portion of the file.", 33, "80070021", committing},
	"fault.denied":      {"Configuration error\r\nFilename: redirection.config\r\nLine Number: 0\r\nDescription: Cannot read configuration file due to insufficient permissions\r\n. ", 5, "", ""},
	"fault.changed":     {`Filename: \\?\C:\Windows\system32\inetsrv\config\applicationHost.config` + "\r\nError: Cannot commit configuration changes because the file has changed on disk\r\n. ", 1306, "", ""},
	"fault.rpc":         {"The remote procedure call failed.", 1726, "800706be", executing},
	"fault.unknown":     {"The object identifier does not represent a valid object.", 4312, "800710d8", executing},
	"fault.small":       {"The data area passed to a system call is too small.", 122, "8007007a", "Failed to generate item output."},
}

// said is a failure that follows a behaviour.
type said struct {
	failure
	id string
}

func (s *said) Unwrap() error { return &s.failure }

// words is the failure of a behaviour, as IIS says it.
func words(id string, a ...any) error {
	if id == "args.must-begin" {
		return &said{failure{fmt.Sprintf("Failed to process input: The parameter '%s' must begin with a / or - (HRESULT=80070057).\r\n", a...), 87}, id}
	}
	c, ok := complaints[id]
	if !ok {
		panic("no words for " + id)
	}
	text := fmt.Sprintf(c.format, a...)
	if c.hresult == "" {
		return &said{failure{"ERROR ( message:" + text + ")\r\n", c.exit}, id}
	}
	line := "\r\n"
	if c.headed == committing {
		line = "\r\n\r\n"
	}
	return &said{failure{"ERROR ( hresult:" + c.hresult + ", message:" + c.headed + line + text + line + " )\r\n", c.exit}, id}
}

// answer turns an error into what the program leaves after out.
func (m *Machine) answer(out string, err error) Result {
	var no refusal
	var s *said
	switch {
	case err == nil:
		return Result{Stdout: out}
	case errors.As(err, &no):
		return Result{Stderr: no.Error() + "\n", Exit: Refused}
	case errors.As(err, &s):
		m.follow(s.id, "errors.form")
		return Result{Stdout: out + s.words, Exit: s.exit}
	default:
		panic(err)
	}
}
