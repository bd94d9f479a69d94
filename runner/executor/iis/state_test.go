package iis

import (
	"context"
	"os"
	"reflect"
	"strings"
	"testing"

	"slipway/pipelines/iisconf"
)

// printed answers each `list` and `show` with a file of testdata.
type printed map[string]string

func (p printed) Run(_ context.Context, name string, args ...string) (string, error) {
	call := strings.Join(append([]string{name}, args...), " ")
	for prefix, file := range p {
		if strings.HasPrefix(call, prefix) {
			b, err := os.ReadFile("testdata/" + file)
			return string(b), err
		}
	}
	return "", &Error{Command: call, Err: code(1)}
}

func (p printed) Feed(ctx context.Context, _, name string, args ...string) (string, error) {
	return p.Run(ctx, name, args...)
}

// code is how a program of a test ended.
type code int

func (c code) Error() string { return "exit status" }
func (c code) ExitCode() int { return int(c) }

func TestStateOfDocumentedOutput(t *testing.T) {
	t.Parallel()
	h := &Host{Commands: printed{
		"appcmd list site": "sites.xml", "appcmd list apppool": "pools.xml", "netsh http show sslcert": "sslcert-en.txt",
		"appcmd list config Default Web Site /section:system.webServer/security/authentication/anonymousAuthentication": "anonymous.xml",
		"appcmd list config Default Web Site /section:system.webServer/security/authentication/windowsAuthentication":   "windows.xml",
	}}
	got, err := h.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := iisconf.State{
		Version: "10.0",
		Sites: []iisconf.SiteState{
			{Name: "Default Web Site", ID: 1, Bindings: []iisconf.Binding{on80}, Applications: []iisconf.ApplicationState{
				{Path: "/", Pool: "DefaultAppPool", Directories: []iisconf.DirectoryState{{Path: "/", PhysicalPath: `%SystemDrive%\inetpub\wwwroot`}}},
			}},
			{Name: `Shop & "Co"`, ID: 4, Stopped: true, Bindings: []iisconf.Binding{shop, {Protocol: "http", Address: "[::1]", Port: 8080}, netTCP},
				Applications: []iisconf.ApplicationState{
					{Path: "/", Pool: "Shop", Directories: []iisconf.DirectoryState{{Path: "/", PhysicalPath: `C:\Sites\Shop`}, {Path: "/photos", PhysicalPath: `D:\Photos`}}},
					{Path: "/api", Pool: "DefaultAppPool", Directories: []iisconf.DirectoryState{{Path: "/", PhysicalPath: `C:\Sites\Api`}}},
				}},
		},
		Pools: []iisconf.Pool{
			{Name: "DefaultAppPool", Framework: "v4.0", Identity: "ApplicationPoolIdentity"},
			{Name: "Shop", Identity: "SpecificUser", User: `CORP\web`, Stopped: true},
		},
		Certificates: englishCertificates,
		Logins:       map[string]iisconf.Login{"Default Web Site": {Anonymous: true, Windows: true}, `Shop & "Co"`: {Anonymous: true}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("State =\n%+v\nwant\n%+v", got, want)
	}
	s, err := h.read(t.Context(), everySite)
	if err != nil || s.passwords["shop"] != "Secret&1" || len(s.passwords) != 1 {
		t.Errorf("read keeps the passwords %v, %v", s.passwords, err)
	}
}

var englishCertificates = []iisconf.Certificate{
	{Address: "0.0.0.0:443", Thumbprint: hash, Store: "My", AppID: "{4dc3e181-e14b-4a21-b022-59fc669b0914}"},
	{Address: "[::]:8172", Thumbprint: "00112233445566778899AABBCCDDEEFF00112233", AppID: "{00000000-0000-0000-0000-000000000000}"},
	{Address: "shop.example.org:443", ByHost: true, Thumbprint: hash, Store: "WebHosting", AppID: "{4dc3e181-e14b-4a21-b022-59fc669b0914}"},
}

func TestCertificatesInEveryLanguage(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		file string
		err  error
		want []iisconf.Certificate
		bad  bool
	}{
		{"sslcert-en.txt", nil, englishCertificates, false},
		{"sslcert-de.txt", nil, englishCertificates, false},
		{"sslcert-none.txt", code(1), nil, false},
		{"sslcert-none.txt", nil, nil, false},
		{"", code(1), nil, true},
		{"sslcert-en.txt", code(1), nil, true},
		{"sslcert-none.txt", code(5), nil, true},
	} {
		var text []byte
		if tt.file != "" {
			var err error
			if text, err = os.ReadFile("testdata/" + tt.file); err != nil {
				t.Fatal(err)
			}
		}
		got, err := sslCertificates(string(text), tt.err)
		if (err != nil) != tt.bad || !tt.bad && !reflect.DeepEqual(got, tt.want) {
			t.Errorf("sslCertificates(%s, %v) = %+v, %v\nwant %+v", tt.file, tt.err, got, err, tt.want)
		}
	}
}

func TestListings(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, out string
		err       error
		elements  int
		message   string // "" is none
	}{
		{"nothing matches", "", code(1), 0, ""},
		{"nothing matches, as XML", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<appcmd>\r\n</appcmd>\r\n", code(1), 0, ""},
		{"mark in front", "\uFEFF<appcmd><SITE/></appcmd>", nil, 1, ""},
		{"other encoding is said", `<?xml version="1.0" encoding="IBM850"?><appcmd><SITE/></appcmd>`, nil, 1, ""},
		{"error as text", "ERROR ( hresult:80070005, message:Zugriff verweigert )", code(5), 0, "hresult:80070005, message:Zugriff verweigert"},
		{"error as XML", `<appcmd><ERROR message="Cannot read configuration file" /></appcmd>`, code(5), 0, "Cannot read configuration file"},
		{"half of it", "<appcmd><SITE", nil, 0, "cannot be read"},
		{"something else", "<html></html>", nil, 0, "no answer of appcmd"},
		{"failed after some", "<appcmd><SITE/></appcmd>", code(1), 0, "exit status"},
		{"too deep", "<appcmd>" + strings.Repeat("<a>", 100) + strings.Repeat("</a>", 100) + "</appcmd>", nil, 0, "nested"},
		{"no program", "", os.ErrNotExist, 0, "not exist"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			root, err := listing(tt.out, tt.err)
			if tt.message == "" && (err != nil || len(root.Children) != tt.elements) || tt.message != "" && (err == nil || !strings.Contains(err.Error(), tt.message)) {
				t.Errorf("listing = %+v, %v; want %d elements, error %q", root, err, tt.elements, tt.message)
			}
		})
	}
}

func TestExpand(t *testing.T) {
	t.Setenv("SLIPWAY_DRIVE", "C:")
	for text, want := range map[string]string{
		`%SLIPWAY_DRIVE%\inetpub`: `C:\inetpub`, `C:\100%`: `C:\100%`, `%nobody knows it%\x`: `%nobody knows it%\x`, ``: ``, `%%`: `%%`, `a%SLIPWAY_DRIVE%b%`: `aC:b%`,
	} {
		if got := expand(text); got != want {
			t.Errorf("expand(%q) = %q, want %q", text, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"", "<appcmd/>", "<appcmd><SITE SITE.NAME='x' SITE.ID='1'><site><bindings><binding protocol='http' bindingInformation='*:80:'/></bindings></site></SITE></appcmd>", "<!DOCTYPE a [<!ENTITY b 'c'>]><appcmd>&b;</appcmd>"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		root, err := listing(text, nil)
		if err != nil {
			return
		}
		sites(root)
		s := seen{passwords: map[string]string{}}
		s.pools(root)
	})
}

func FuzzSSLCertificates(f *testing.F) {
	for _, file := range []string{"sslcert-en.txt", "sslcert-de.txt", "sslcert-none.txt"} {
		b, err := os.ReadFile("testdata/" + file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(b))
	}
	f.Fuzz(func(t *testing.T, text string) {
		all, err := sslCertificates(text, nil)
		for _, c := range all {
			if err == nil && (len(c.Thumbprint) != 40 && len(c.Thumbprint) != 64 || !strings.Contains(c.Address, ":")) {
				t.Errorf("an entry that is none: %+v", c)
			}
		}
	})
}
