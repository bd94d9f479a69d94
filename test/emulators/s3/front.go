package s3

import (
	"context"
	"errors"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// handler is the front: everything goes on to the server as it came, Host included since that is signed, but what the
// server does not do as AWS does.
func (s *Server) handler() http.Handler {
	inside := &url.URL{Scheme: "http", Host: "versitygw.invalid"}
	on := &httputil.ReverseProxy{
		Transport: s.program.client.Transport,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(inside)
			r.Out.Host = r.In.Host
		},
		FlushInterval: -1,
		ModifyResponse: func(r *http.Response) error {
			if r.Request.Method == http.MethodDelete && r.StatusCode < 300 && !r.Request.URL.Query().Has("versionId") {
				s.freeName(nameIn(r.Request))
			}
			return nil
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			Fail(w, http.StatusServiceUnavailable, "ServiceUnavailable", err.Error())
		},
	}
	calm := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case isForm(r):
			s.form(w, r)
		case r.Method == http.MethodPut && r.Header.Get("X-Amz-Copy-Source") != "" && r.Header.Get("If-None-Match") != "":
			s.copyIfAbsent(w, r, on)
		default:
			on.ServeHTTP(w, r)
		}
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if trouble := s.inTrouble(); trouble != nil && trouble(w, r, calm) {
			return
		}
		calm.ServeHTTP(w, r)
	})
}

// nameIn is the bucket and the key that a request is about.
func nameIn(r *http.Request) (bucket, key string) {
	bucket, key, _ = strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	return bucket, key
}

func (s *Server) inTrouble() Trouble {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.trouble
}

// copyIfAbsent is CopyObject with If-None-Match, which the server passes over in silence.
//
// AWS, "How to prevent object overwrites with conditional writes": "If an identical key name is found in the bucket, the
// operation fails", for copies as for uploads.
func (s *Server) copyIfAbsent(w http.ResponseWriter, r *http.Request, on http.Handler) {
	s.copies.Lock()
	defer s.copies.Unlock()
	bucket, key := nameIn(r)
	there, err := s.has(r.Context(), bucket, key)
	switch {
	case err != nil:
		Fail(w, http.StatusServiceUnavailable, "ServiceUnavailable", err.Error())
	case there:
		Fail(w, http.StatusPreconditionFailed, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
	default:
		on.ServeHTTP(w, r)
	}
}

func (s *Server) has(ctx context.Context, bucket, key string) (bool, error) {
	_, err := s.inside.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &bucket, Key: &key})
	var absent *types.NotFound
	if errors.As(err, &absent) {
		return false, nil
	}
	return err == nil, err
}
