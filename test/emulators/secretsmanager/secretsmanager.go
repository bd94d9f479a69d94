// Package secretsmanager is an emulator of AWS Secrets Manager: GetSecretValue.
//
// It makes and rotates no secrets; a test puts them there. Versions but the
// current one are not kept.
package secretsmanager

import (
	"net/http"
	"strings"
	"sync"

	"slipway/test/emulators/wire"
)

// Server is one account's secrets.
type Server struct {
	wire.Hooks
	mu  sync.Mutex
	all map[string]secret
}

type secret struct {
	text   string
	binary []byte
}

// New makes an account without secrets.
func New() *Server { return &Server{all: map[string]secret{}} }

// Put sets a secret's text, as the console does.
func (s *Server) Put(name, text string) { s.set(name, secret{text: text}) }

// PutBinary sets a secret that is no text.
func (s *Server) PutBinary(name string, value []byte) { s.set(name, secret{binary: value}) }

func (s *Server) set(name string, value secret) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all[name] = value
}

const arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:"

// arnOf ends in characters of AWS's own choice: "Secrets Manager automatically adds a
// hyphen and six random characters after the secret name at the end of the ARN." (API_CreateSecret)
func arnOf(name string) string { return arn + name + "-AbCdEf" }

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	wire.JSON(w, r, map[string]wire.Operation{"GetSecretValue": s.get}[wire.Target(r)])
}

type request struct {
	SecretID string `json:"SecretId"`
}

func (s *Server) get(body []byte) (any, error) {
	in, err := wire.Read[request](body)
	if err != nil {
		return nil, err
	}
	// "The ARN or name of the secret to retrieve." (API_GetSecretValue)
	name := strings.TrimSuffix(strings.TrimPrefix(in.SecretID, arn), "-AbCdEf")
	if err := s.Ask("GetSecretValue", arnOf(name)); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.all[name]
	if !ok {
		// "Secrets Manager can't find the resource that you asked for." (API_GetSecretValue)
		return nil, wire.Refuse("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
	}
	out := map[string]any{"ARN": arnOf(name), "Name": name, "VersionId": "11111111-2222-3333-4444-555555555555", "VersionStages": []string{"AWSCURRENT"}}
	if found.binary != nil {
		out["SecretBinary"] = found.binary
	} else {
		out["SecretString"] = found.text
	}
	return out, nil
}
