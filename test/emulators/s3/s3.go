// Package s3 runs a real S3 server (versitygw) for tests and for the emulated stack, and makes it behave as AWS documents
// where it does not.
//
// It holds no test and knows nothing of the adapter it serves. What a newcomer would miss: callers speak to a front
// of ours, which hands everything on but browser forms and conditional copies, turns the server's put-events into AWS's
// form, and can be told to answer with trouble. Signatures, storage, versions and conditional puts are the server's own.
package s3

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// What the server's only account is. It has no sessions: a request with a session token is refused.
const (
	Region    = "eu-central-1"
	AccessKey = "AKIASLIPWAYTESTS0000"
	SecretKey = "the-secret-key-of-the-emulated-account"
)

// Settings say where the server keeps its data and where it listens.
type Settings struct {
	Dir    string // objects and their versions; survives a restart
	Listen string // host:port of the front; "" is a free port of 127.0.0.1
	Log    func(format string, args ...any)
}

// Server is a running S3 server with its front.
type Server struct {
	settings Settings
	program  *program
	front    *http.Server
	webhook  *http.Server
	listener net.Listener
	inside   *s3.Client // straight to the server, as its root
	events   events
	copies   sync.Mutex
	mu       sync.Mutex
	trouble  Trouble
}

// Tool is where versitygw is looked up.
func Tool() string {
	dir := os.Getenv("SLIPWAY_TOOLS")
	if dir == "" {
		dir = "/var/cache/slipway/tools"
	}
	return filepath.Join(dir, "versitygw")
}

// Start starts the server and waits until it answers.
func Start(settings Settings) (*Server, error) {
	if settings.Log == nil {
		settings.Log = func(string, ...any) {}
	}
	if settings.Listen == "" {
		settings.Listen = "127.0.0.1:0"
	}
	dir, err := filepath.Abs(settings.Dir)
	if err != nil {
		return nil, err
	}
	settings.Dir = dir
	s := &Server{settings: settings, events: newEvents(settings.Log)}
	if s.listener, err = net.Listen("tcp", settings.Listen); err != nil {
		return nil, err
	}
	hook, err := s.listenForEvents()
	if err != nil {
		return nil, errors.Join(err, s.listener.Close())
	}
	if s.program, err = newProgram(dir, hook); err != nil {
		return nil, errors.Join(err, s.listener.Close(), s.webhook.Close())
	}
	if err := s.program.start(); err != nil {
		return nil, errors.Join(err, s.program.remove(), s.listener.Close(), s.webhook.Close())
	}
	s.inside = s3.NewFromConfig(s.program.config(), func(o *s3.Options) { o.UsePathStyle = true })
	s.front = &http.Server{Handler: s.handler(), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = s.front.Serve(s.listener) }() // it ends with Stop
	return s, nil
}

// URL is the endpoint: the value for AWS_ENDPOINT_URL_S3.
func (s *Server) URL() string { return "http://" + s.listener.Addr().String() }

// Config is a client's configuration for the server. Clients need path style.
func (s *Server) Config() aws.Config { return config(s.URL(), http.DefaultClient) }

func config(url string, client *http.Client) aws.Config {
	return aws.Config{
		Region: Region, BaseEndpoint: aws.String(url), HTTPClient: client,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: AccessKey, SecretAccessKey: SecretKey, Source: "emulator"}, nil
		}),
	}
}

// Env is the configuration as variables of a function's environment.
func (s *Server) Env() map[string]string {
	return map[string]string{
		"AWS_REGION": Region, "AWS_ACCESS_KEY_ID": AccessKey, "AWS_SECRET_ACCESS_KEY": SecretKey, "AWS_ENDPOINT_URL_S3": s.URL(),
	}
}

// MakeBucket makes a versioned bucket. That it is there already is fine.
func (s *Server) MakeBucket(ctx context.Context, name string) error {
	_, err := s.inside.CreateBucket(ctx, &s3.CreateBucketInput{
		Bucket: &name, CreateBucketConfiguration: &types.CreateBucketConfiguration{LocationConstraint: Region},
	})
	var owned *types.BucketAlreadyOwnedByYou
	if err != nil && !errors.As(err, &owned) {
		return err
	}
	_, err = s.inside.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{
		Bucket: &name, VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled},
	})
	return err
}

// Notify has to called with AWS's event, as JSON, for each object that is created in the bucket under one of the prefixes.
// It is called from many goroutines, a new one for each event, in no order. It replaces what was told before for the bucket.
func (s *Server) Notify(bucket string, prefixes []string, to func(event []byte)) {
	s.events.notify(bucket, prefixes, to)
}

// AbortUnfinished does what a lifecycle rule with AbortIncompleteMultipartUpload does once its days are over.
//
// AWS, "AbortIncompleteMultipartUpload": "Specifies the number of days after which Amazon S3 aborts an incomplete multipart
// upload." The server has no lifecycle rules.
func (s *Server) AbortUnfinished(ctx context.Context, bucket string) (int, error) {
	all, err := s.inside.ListMultipartUploads(ctx, &s3.ListMultipartUploadsInput{Bucket: &bucket})
	if err != nil {
		return 0, err
	}
	for _, u := range all.Uploads {
		if _, err := s.inside.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: &bucket, Key: u.Key, UploadId: u.UploadId}); err != nil {
			return 0, err
		}
	}
	return len(all.Uploads), nil
}

// Trouble is asked before the front does anything. Where it returns true, it has answered. It may let the server do the
// request first, by on, and answer otherwise.
type Trouble func(w http.ResponseWriter, r *http.Request, on http.Handler) bool

// Make has the front ask for trouble from now on. nil ends it.
func (s *Server) Make(trouble Trouble) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trouble = trouble
}

// Kill ends the server as a power cut does. The front stays and answers nothing until Restart.
func (s *Server) Kill() { s.program.kill() }

// Restart starts the server again on the same data.
func (s *Server) Restart() error { return s.program.start() }

// Stop ends everything. The data stay.
func (s *Server) Stop() error {
	s.program.kill()
	return errors.Join(s.program.remove(), s.front.Close(), s.webhook.Close())
}

// Fail answers with an error in AWS's form.
func Fail(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	escape := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	fmt.Fprintf(w, `<?xml version="1.0" encoding="UTF-8"?><Error><Code>%s</Code><Message>%s</Message><RequestId>0</RequestId></Error>`, code, escape.Replace(message))
}
