package pipelines

import (
	"strings"
	"testing"
)

func TestFeedCheck(t *testing.T) {
	t.Parallel()
	nuget := func(url string) Feed { return Feed{Name: "F", Type: FeedNuGet, URL: url} }
	for _, c := range []struct {
		feed Feed
		want string // in the problems; "" is none
	}{
		{Feed{Name: "Artifactory", Type: FeedNuGet, URL: "http://localhost:8041/artifactory/api/nuget/NuGet", Username: "admin", Secret: "artifactory"}, ""},
		{Feed{Name: "Key", Type: FeedNuGet, URL: "https://host/v3/index.json", Secret: "key of user and password"}, ""},
		{Feed{Name: "Bucket", Type: FeedS3, URL: "s3://builds/nuget/"}, ""},
		{Feed{Name: "Bucket", Type: FeedS3, URL: "s3://builds"}, ""},
		{Feed{Name: "Unix", Type: FeedFolder, URL: "/srv/packages"}, ""},
		{Feed{Name: "Windows", Type: FeedFolder, URL: `D:\packages`}, ""},
		{Feed{Name: "Share", Type: FeedFolder, URL: `\\files\packages`}, ""},

		{Feed{Type: FeedNuGet, URL: "http://h/"}, "name: a feed needs a name"},
		{Feed{Name: "Built-In", Type: FeedNuGet, URL: "http://h/"}, "is called built-in already"},
		{Feed{Name: "a/b", Type: FeedNuGet, URL: "http://h/"}, "holds no `/`"},
		{Feed{Name: "F", URL: "http://h/"}, "type: a feed has a type: nuget, s3 or folder"},
		{Feed{Name: "F", Type: "npm", URL: "http://h/"}, `nuget, s3 or folder; got "npm"`},
		{nuget(""), "url: the address of a NuGet feed is like"},
		{nuget("host/nuget"), `got "host/nuget"`},
		{nuget("ftp://host/nuget"), `got "ftp://host/nuget"`},
		{nuget("http://host/?key=hunter2"), "keys go into a secret"},
		{nuget("http://admin:hunter2@host/nuget"), "write `username: NAME` and `secret: SECRET-NAME`"},
		{nuget("http://hunter2@host/nuget"), "a user or a password stands in the address"},
		{nuget("http://admin:hunter2%@host:port/nuget"), "a user or a password stands in the address"},
		{Feed{Name: "F", Type: FeedS3, URL: "s3://key:hunter2@bucket/"}, "a user or a password stands in the address"},
		{Feed{Name: "F", Type: FeedS3, URL: "https://bucket.s3.amazonaws.com/"}, "is like s3://bucket/prefix/"},
		{Feed{Name: "F", Type: FeedS3, URL: "s3:///prefix"}, "is like s3://bucket/prefix/"},
		{Feed{Name: "F", Type: FeedFolder, URL: "packages"}, "an absolute path"},
		{Feed{Name: "F", Type: FeedFolder, URL: "/srv", Secret: "x"}, "read with the rights Slipway runs with"},
		{Feed{Name: "F", Type: FeedNuGet, URL: "http://h/", Username: "admin:hunter2", Secret: "x"}, "a key of the form user:password goes whole into the secret"},
		{Feed{Name: "F", Type: FeedNuGet, URL: "http://h/", Username: "admin"}, "a user needs a password: name the secret"},
	} {
		var said []string
		for _, p := range c.feed.Check() {
			said = append(said, p.String())
		}
		got := strings.Join(said, "; ")
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%+v.Check() = %q, want %q", c.feed, got, c.want)
		}
		if strings.Contains(got, "hunter2") {
			t.Errorf("%s.Check() tells a password: %q", c.feed.Name, got)
		}
	}
}
