package s3

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// maxForm is the largest file a form may bring here. It is held in memory.
const maxForm = 256 << 20

// isForm says whether this is a browser's POST of an object. The server takes them too, but its event of them lacks key and
// version, and it refuses them an hour after they were signed, whatever their policy says.
func isForm(r *http.Request) bool {
	return r.Method == http.MethodPost && strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") &&
		strings.Count(strings.Trim(r.URL.Path, "/"), "/") == 0
}

func (s *Server) form(w http.ResponseWriter, r *http.Request) {
	bucket := strings.Trim(r.URL.Path, "/")
	fields, file, refused := readForm(r)
	if refused == nil {
		refused = allowed(bucket, fields, int64(len(file)), time.Now())
	}
	if refused != nil {
		Fail(w, refused.status, refused.code, refused.message)
		return
	}
	key := fields["key"]
	s.events.willPost(bucket, key)
	put := &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: bytes.NewReader(file)}
	if kind := fields["content-type"]; kind != "" {
		put.ContentType = &kind
	}
	out, err := s.inside.PutObject(r.Context(), put)
	if err != nil {
		Fail(w, http.StatusInternalServerError, "InternalError", err.Error())
		return
	}
	w.Header().Set("ETag", *out.ETag)
	if out.VersionId != nil {
		w.Header().Set("X-Amz-Version-Id", *out.VersionId)
	}
	w.WriteHeader(wantedStatus(fields["success_action_status"]))
}

// wantedStatus is what the field success_action_status of the page "POST Object" asks for. With 201 AWS sends a document too,
// which nobody of ours reads.
func wantedStatus(field string) int {
	switch field {
	case "200":
		return http.StatusOK
	case "201":
		return http.StatusCreated
	}
	return http.StatusNoContent
}

type refusal struct {
	status        int
	code, message string
}

// readForm reads fields, in lower case, and the file, which by the page "POST Object" must come last: what follows is not read.
func readForm(r *http.Request) (map[string]string, []byte, *refusal) {
	malformed := &refusal{http.StatusBadRequest, "MalformedPOSTRequest", "The body of your POST request is not well-formed multipart/form-data."}
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, nil, malformed
	}
	fields := map[string]string{}
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			return nil, nil, &refusal{http.StatusBadRequest, "InvalidArgument", "POST requires exactly one file upload per request."}
		}
		if err != nil {
			return nil, nil, malformed
		}
		name := strings.ToLower(part.FormName())
		if name == "file" {
			file, err := io.ReadAll(io.LimitReader(part, maxForm+1))
			if err != nil {
				return nil, nil, malformed
			}
			return fields, file, nil
		}
		value, refused := readField(part)
		if refused != nil {
			return nil, nil, refused
		}
		fields[name] = value
	}
}

func readField(part *multipart.Part) (string, *refusal) {
	const most = 20 << 10 // "The form data and boundaries (excluding the contents of the file) cannot exceed 20KB."
	value, err := io.ReadAll(io.LimitReader(part, most+1))
	if err != nil || len(value) > most {
		return "", &refusal{http.StatusBadRequest, "MaxPostPreDataLengthExceeded", "Your POST request fields preceding the upload file were too large."}
	}
	return string(value), nil
}

// allowed checks signature, time and policy.
func allowed(bucket string, fields map[string]string, size int64, now time.Time) *refusal {
	if refused := signedByUs(fields); refused != nil {
		return refused
	}
	p, err := parsePolicy(fields["policy"])
	if err != nil {
		return &refusal{http.StatusBadRequest, "InvalidPolicyDocument", err.Error()}
	}
	return p.allows(bucket, fields, size, now)
}

// signedByUs follows AWS's page "Authenticating Requests in Browser-Based Uploads Using POST": what is signed is the policy as
// it stands in the form, in base64, with the key derived from the credential's scope.
func signedByUs(fields map[string]string) *refusal {
	for _, name := range []string{"key", "policy", "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature"} {
		if fields[name] == "" {
			return &refusal{http.StatusForbidden, "AccessDenied", fmt.Sprintf("Bucket POST must contain a field named '%s'.", name)}
		}
	}
	scope := strings.Split(fields["x-amz-credential"], "/")
	if len(scope) != 5 || scope[0] != AccessKey {
		return &refusal{http.StatusForbidden, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records."}
	}
	if fields["x-amz-security-token"] != "" { // as the server does: its only account has no sessions
		return &refusal{http.StatusBadRequest, "InvalidToken", "The provided token is malformed or otherwise invalid."}
	}
	key := []byte("AWS4" + SecretKey)
	for _, part := range scope[1:] {
		key = sign(key, part)
	}
	if !hmac.Equal([]byte(hex.EncodeToString(sign(key, fields["policy"]))), []byte(fields["x-amz-signature"])) {
		return &refusal{http.StatusForbidden, "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided."}
	}
	return nil
}

func sign(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func decode(field string) ([]byte, error) {
	text, err := base64.StdEncoding.DecodeString(field)
	if err != nil {
		return nil, fmt.Errorf("the policy is not in base64: %w", err)
	}
	return text, nil
}

func number(v any) (int64, bool) {
	switch n := v.(type) {
	case float64:
		return int64(n), true
	case string:
		i, err := strconv.ParseInt(n, 10, 64)
		return i, err == nil
	}
	return 0, false
}
