// Package aspnet serves a folder with an ASP.NET application as IIS would, by
// Mono behind NGINX: so a test sees in HTML what a deployment made of it.
//
// It configures nothing and knows no deployment. What differs from IIS, like
// whose rights an application has, is not in it.
package aspnet

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

const settings = `daemon off;
pid %[1]s/nginx.pid;
error_log %[1]s/nginx.log;
events {}
http {
	access_log off;
	client_body_temp_path %[1]s/body;
	fastcgi_temp_path %[1]s/fastcgi;
	proxy_temp_path %[1]s/proxy;
	uwsgi_temp_path %[1]s/uwsgi;
	scgi_temp_path %[1]s/scgi;
	server {
		listen %[2]s;
		root %[3]s;
		location / {
			fastcgi_param QUERY_STRING $query_string;
			fastcgi_param REQUEST_METHOD $request_method;
			fastcgi_param CONTENT_TYPE $content_type;
			fastcgi_param CONTENT_LENGTH $content_length;
			fastcgi_param SCRIPT_NAME $fastcgi_script_name;
			fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
			fastcgi_param REQUEST_URI $request_uri;
			fastcgi_param DOCUMENT_URI $document_uri;
			fastcgi_param DOCUMENT_ROOT $document_root;
			fastcgi_param SERVER_PROTOCOL $server_protocol;
			fastcgi_param SERVER_ADDR $server_addr;
			fastcgi_param SERVER_PORT $server_port;
			fastcgi_param SERVER_NAME localhost;
			fastcgi_param REMOTE_ADDR $remote_addr;
			fastcgi_param REMOTE_PORT $remote_port;
			fastcgi_param PATH_INFO "";
			fastcgi_index Default.aspx;
			fastcgi_pass %[4]s;
		}
	}
}
`

// Need skips the test on a machine without the two programs; in CI it fails.
func Need(t testing.TB) {
	t.Helper()
	for _, program := range []string{"fastcgi-mono-server4", nginx()} {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatalf("%s is missing: test/install.sh installs it", program)
			}
			t.Skipf("an ASP.NET application needs %s: test/install.sh installs it", program)
		}
	}
}

func nginx() string {
	if _, err := exec.LookPath("nginx"); err != nil {
		return "/usr/sbin/nginx" // outside of an ordinary user's path
	}
	return "nginx"
}

// Page serves the folder for as long as it takes to read the page of the
// application, and gives that back.
func Page(t testing.TB, folder string) string {
	t.Helper()
	Need(t)
	folder, err := filepath.Abs(folder)
	must(t, err)
	dir := t.TempDir()
	address := free(t)
	application := free(t)
	config := filepath.Join(dir, "nginx.conf")
	must(t, os.WriteFile(config, fmt.Appendf(nil, settings, dir, address, folder, application), 0o600))
	ctx, stop := context.WithCancel(context.Background())
	mono := exec.CommandContext(ctx, "fastcgi-mono-server4", "/applications=/:"+folder, "/socket=tcp:"+application)
	server := exec.CommandContext(ctx, nginx(), "-e", filepath.Join(dir, "nginx.log"), "-c", config)
	for _, program := range []*exec.Cmd{mono, server} {
		program.Env = append(os.Environ(), "HOME="+dir, "MONO_REGISTRY_PATH="+dir)
		must(t, program.Start())
		defer program.Wait()
	}
	defer stop()
	return read(t, "http://"+address+"/Default.aspx", dir)
}

// read waits until the application answers: it is compiled for its first page.
func read(t testing.TB, url, dir string) string {
	t.Helper()
	client := &http.Client{Timeout: 30 * time.Second}
	var last string
	for deadline := time.Now().Add(90 * time.Second); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		answer, err := client.Get(url)
		if err != nil {
			last = err.Error()
			continue
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err == nil && answer.StatusCode == http.StatusOK {
			return string(body)
		}
		last = fmt.Sprintf("%s, %v: %s", answer.Status, err, body)
		if answer.StatusCode == http.StatusInternalServerError {
			break
		}
	}
	log, _ := os.ReadFile(filepath.Join(dir, "nginx.log"))
	t.Fatalf("the application does not answer: %s\n%s", last, log[max(0, len(log)-1000):])
	return ""
}

func free(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	return l.Addr().String()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
