package iis

import (
	"fmt"
	"strings"

	"slipway/pipelines/iisconf"
)

// Codes of Windows as appcmd prints them. Its words are in the language of the
// system, so they are passed on and not looked at.
const (
	accessDenied  = "80070005"
	fileInUse     = "80070020"
	alreadyExists = "800700b7"
	logonFailure  = "8007052e"
)

// explain adds to what a program said what a person can do about it.
func explain(a iisconf.Action, err error) error {
	text := strings.ToLower(err.Error())
	says := func(code string) bool { return strings.Contains(text, code) }
	starting := a.Verb == iisconf.StartSite
	switch {
	case starting && (says(fileInUse) || says(alreadyExists)):
		return fmt.Errorf("%s: %w. Another site or another program has one of its addresses: `netstat -ano` shows which program, `appcmd list site` which site", words(a), err)
	case says(logonFailure), a.Verb == iisconf.SetIdentity && a.Pool.Identity == specificUser, a.Verb == iisconf.StartPool && a.Pool.Identity == specificUser:
		return fmt.Errorf("%s: %w. Check the user's name (DOMAIN\\name or .\\name), its password, and its right to log on as a batch job", words(a), err)
	case a.Verb == iisconf.StartPool:
		return fmt.Errorf("%s: %w. If it runs as a user, check the user's password first; Windows's event log, source WAS, says why a pool does not start", words(a), err)
	case a.Verb == iisconf.BindCertificate:
		return fmt.Errorf("%s: %w. http.sys takes a certificate only from that store of LocalMachine, and with a private key that the system can read", words(a), err)
	case says(accessDenied):
		return fmt.Errorf("%s: %w. IIS is changed by an administrator: deploy to this target as one", words(a), err)
	case says(fileInUse):
		return fmt.Errorf("%s: %w. Another program kept IIS's configuration open all the time: close IIS Manager and editors on this host, or raise `retries`", words(a), err)
	}
	return fmt.Errorf("%s: %w", words(a), err)
}
