package scripts

import (
	"bytes"
	"os"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"

	"slipway/test/feedserver"
)

// feedServers are those running, by the folder of their script.
var feedServers sync.Map

// feedServer is an Artifactory of somebody else: `feedserver up` starts it for
// admin with the password "artifact-key-4711" and sets $FEED and $FEEDV3, `feedserver has
// FILE` puts a package there in place of the same version, `feedserver in FILE`
// writes its address in place of $FEED, `feedserver fails WORDS` makes it fail as
// feedserver.Fault says, "" not any more.
func feedServer(ts *testscript.TestScript, _ bool, args []string) {
	if args[0] == "up" {
		s, stop, err := feedserver.Listen("127.0.0.1:0", feedserver.Options{User: "admin", Password: "artifact-key-4711", MayOverwrite: true})
		ts.Check(err)
		ts.Defer(stop)
		feedServers.Store(ts.Getenv("WORK"), s)
		ts.Setenv("FEED", s.URL)
		ts.Setenv("FEEDV3", s.V3URL)
		return
	}
	v, ok := feedServers.Load(ts.Getenv("WORK"))
	if !ok {
		ts.Fatalf("no feed is up")
	}
	s := v.(*feedserver.Server)
	switch args[0] {
	case "has":
		file, err := os.ReadFile(ts.MkAbs(args[1]))
		ts.Check(err)
		ts.Check(s.Add(file))
	case "in":
		text, err := os.ReadFile(ts.MkAbs(args[1]))
		ts.Check(err)
		ts.Check(os.WriteFile(ts.MkAbs(args[1]), bytes.ReplaceAll(text, []byte("$FEED"), []byte(s.URL)), 0o600))
	case "fails":
		s.Fail(feedserver.Fault(args[1]))
	default:
		ts.Fatalf("feedserver up, has FILE, in FILE or fails WORDS")
	}
}
