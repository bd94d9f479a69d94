package feeds

import (
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"slipway/pipelines"
)

func mustParse(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestWhoHearsTheCredentials(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		home, asked string
		hears       bool
	}{
		{"http://feed:8081/nuget", "http://feed:8081/other", true},
		{"http://feed:8081/nuget", "http://FEED:8081/nuget", true},
		{"http://feed:8081/nuget", "http://feed:8082/nuget", false},
		{"http://feed:8081/nuget", "https://feed:8081/nuget", false},
		{"http://feed/nuget", "https://feed/nuget", true},
		{"http://feed/nuget", "http://feed:80/nuget", true},
		{"https://feed/nuget", "https://feed:443/nuget", true},
		{"https://feed/nuget", "http://feed/nuget", false},
		{"https://feed/nuget", "https://cdn.feed/nuget", false},
		{"https://cdn.feed/nuget", "https://feed/nuget", false},
		{"https://feed.example/nuget", "https://feed.example.evil/nuget", false},
		{"http://[::1]:80/nuget", "http://[::1]/nuget", true},
	} {
		req := &http.Request{URL: mustParse(t, c.asked), Header: http.Header{}}
		credentials{mustParse(t, c.home), "", "admin:password"}.sign(req)
		hears := req.Header.Get("Authorization") != "" && req.Header.Get("X-NuGet-ApiKey") == "admin:password"
		if hears != c.hears || !hears && len(req.Header) > 0 {
			t.Errorf("the feed %s, asking %s: headers %v, want credentials: %t", c.home, c.asked, req.Header, c.hears)
		}
	}
}

func TestAddressesOfALink(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ base, ref, want string }{
		{"http://feed:8081/nuget", "Download/A/1.0", "http://feed:8081/Download/A/1.0"},
		{"http://feed:8081/nuget/", "Download/A/1.0", "http://feed:8081/nuget/Download/A/1.0"},
		{"http://feed/nuget", "https://cdn.example/a.nupkg?sig=1", "https://cdn.example/a.nupkg?sig=1"},
		{"https://feed:8443/nuget", "http://feed:8081/nuget/a", "https://feed:8443/nuget/a"},
		{"https://feed/nuget", "http://user:pw@feed/a#b", "https://feed/a"},
		{"https://feed/nuget", "http://cdn.example/a.nupkg?sig=secret", "! links to http://cdn.example/a.nupkg, where"},
		{"https://feed/nuget", "file:///etc/passwd", "! no address to ask"},
		{"https://feed/nuget", "http://%zz", "! no address to ask"},
		{"https://feed/nuget", "javascript:alert(1)", "! no address to ask"},
	} {
		cl := &client{feed: pipelines.Feed{Name: "F"}, base: mustParse(t, c.base)}
		got, err := cl.link(cl.base, c.ref)
		if why, refused := strings.CutPrefix(c.want, "! "); refused {
			if err == nil || !strings.Contains(err.Error(), why) || strings.Contains(err.Error(), "secret") {
				t.Errorf("link(%s, %s) = %v, %v, want %q", c.base, c.ref, got, err, why)
			}
			continue
		}
		if err != nil || got.String() != c.want {
			t.Errorf("link(%s, %s) = %v, %v, want %s", c.base, c.ref, got, err, c.want)
		}
	}
}

func TestRedirects(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ from, to, want string }{
		{"http://a/", "https://b/", ""},
		{"https://a/", "https://b/", ""},
		{"https://a/", "http://a/", "from https to http"},
		{"http://a/", "ftp://b/", "to a ftp address"},
	} {
		err := mayFollow(&http.Request{URL: mustParse(t, c.to)}, []*http.Request{{URL: mustParse(t, c.from)}})
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("from %s to %s: %v, want %q", c.from, c.to, err, c.want)
		}
	}
}

func TestForbiddenAddresses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		address       string
		home, foreign bool // may be asked as the feed's own host, as another
	}{
		{"93.184.216.34:443", true, true},
		{"10.1.2.3:9000", true, true},
		{"[2001:db8::1]:443", true, true},
		{"127.0.0.1:8081", true, false},
		{"[::1]:8081", true, false},
		{"[::ffff:127.0.0.1]:8081", true, false},
		{"0.0.0.0:8081", true, false},
		{"169.254.169.254:80", false, false},
		{"[::ffff:169.254.169.254]:80", false, false},
		{"[fe80::1%eth0]:80", false, false},
		{"[fd00:ec2::254]:80", false, false},
		{"224.0.0.1:80", false, false},
		{"nonsense", false, false},
	} {
		if got := checkAddress(c.address, false) == nil; got != c.home {
			t.Errorf("the feed's own host at %s may be asked: %t, want %t", c.address, got, c.home)
		}
		if got := checkAddress(c.address, true) == nil; got != c.foreign {
			t.Errorf("another host at %s may be asked: %t, want %t", c.address, got, c.foreign)
		}
	}
}

func TestQuestions(t *testing.T) {
	t.Parallel()
	base := mustParse(t, "http://feed:8081/artifactory/api/nuget/NuGet/")
	for _, c := range []struct{ text, want string }{
		{"RandomQuotes", "'RandomQuotes'"},
		{"O'Reilly", "'O%27%27Reilly'"},
		{"' or '1' eq '1", "'%27%27%20or%20%27%271%27%27%20eq%20%27%271'"},
		{"1.0+build", "'1.0%2Bbuild'"},
		{"a/../b?c#d&e", "'a%2F..%2Fb%3Fc%23d%26e'"},
	} {
		if got := quoted(c.text); got != c.want {
			t.Errorf("quoted(%q) = %s, want %s", c.text, got, c.want)
		}
		u := below(base, "Packages(Id="+quoted(c.text)+")")
		if want := "/artifactory/api/nuget/NuGet/Packages(Id=" + quoted(c.text) + ")"; u.EscapedPath() != want || u.RawQuery != "" {
			t.Errorf("asked is %s, want %s", u, want)
		}
		if u := below(base, "Search()?searchTerm="+quoted(c.text)+"&$top=1"); u.Query().Get("searchTerm") != "'"+strings.ReplaceAll(c.text, "'", "''")+"'" {
			t.Errorf("searched for is %s", u.Query().Get("searchTerm"))
		}
	}
}

func TestPromises(t *testing.T) {
	t.Parallel()
	const word = "package"
	const hash512 = "OKPOWUnSXW6USzQYd3Us8ydQrXvKdVfLkpKBxfIUNXs8tM3D7XlDQlC0xjXdfFKiuBRZUUAjXjDvfTGH4TXXXX=="
	sum := "bc4a73acb2b0fd6d1d5e6ec9a9c2ba06d5d8f2c1" // any text that is no hash
	for _, c := range []struct {
		p    promise
		want string
	}{
		{promise{}, ""},
		{promise{size: 7}, ""},
		{promise{size: 8}, "promised 8 bytes and sent only 7"},
		{promise{size: 6}, "promised 6 bytes and sends more"},
		{promise{size: 3 << 30}, "a package may have"},
		{promise{hash: hash512, algorithm: "SHA512"}, "the feed promised bytes with the SHA512 hash"},
		{promise{hash: strings.Repeat("0", 64), algorithm: "sha-256"}, "the feed promised bytes with the SHA256 hash 0000"},
		{promise{hash: sum, algorithm: "SHA512"}, "which is none: it has another length"},
		{promise{hash: sum, algorithm: "MD5"}, ""},
		{promise{hash: "FakeHash"}, ""},
	} {
		_, err := parcel{promise: c.p}.receive(strings.NewReader(word), new(strings.Builder))
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("promised %+v: %v, want %q", c.p, err, c.want)
		}
	}
	got, err := parcel{promise: promise{size: 7}}.receive(strings.NewReader(word), new(strings.Builder))
	if err != nil {
		t.Fatal(err)
	}
	for _, hash := range []string{got.SHA256, strings.ToUpper(got.SHA256), base64Of(t, got.SHA256)} {
		if _, err := (parcel{promise: promise{hash: hash, algorithm: "SHA256"}}).receive(strings.NewReader(word), new(strings.Builder)); err != nil {
			t.Errorf("the hash %s of the bytes: %v", hash, err)
		}
	}
}

func base64Of(t *testing.T, hexed string) string {
	t.Helper()
	raw, err := hex.DecodeString(hexed)
	if err != nil {
		t.Fatal(err)
	}
	return encodeBase64(raw)
}

func TestOrder(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ listed, want string }{
		{"1.0.9 1.0.10 1.0.2", "1.0.10 1.0.9 1.0.2"},
		{"1.0.0 1.0.0.0 1.0", "1.0.0"},
		{"1.0.0.1 1.0.0", "1.0.0.1 1.0.0"},
		{"1.0.0+a 1.0.0+b", "1.0.0+b 1.0.0+a"},
		{"1.0.0-beta 1.0.0 1.0.0-rc", "1.0.0 1.0.0-rc 1.0.0-beta"},
		{"latest 1.0.0 99999999999.0 main", "1.0.0"},
		{"1.0.0-beta.2 1.0.0-beta.10", "1.0.0-beta.10 1.0.0-beta.2"},
	} {
		var listed []Version
		for name := range strings.FieldsSeq(c.listed) {
			listed = append(listed, Version{Version: name})
		}
		var got []string
		for _, v := range newestFirst(listed) {
			got = append(got, v.Version)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("newestFirst(%s) = %v, want %s", c.listed, got, c.want)
		}
	}
}
