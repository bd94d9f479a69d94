// Package parameters is an emulator of Systems Manager Parameter Store:
// GetParameter and PutParameter.
//
// It is one half of the SSM endpoint: what is not about parameters it hands to
// the handler it was given. Values are kept as they are; that a SecureString
// lies encrypted shows only in who is given its value.
package parameters

import (
	"net/http"
	"strings"
	"sync"
	"time"

	"slipway/test/emulators/wire"
)

// Parameter is one, as it was put last.
type Parameter struct {
	Name, Type, Value, Tier string
	Version                 int
}

// Server is one account's parameters.
type Server struct {
	wire.Hooks
	next  http.Handler
	mu    sync.Mutex
	all   map[string]Parameter
	calls map[string]int
}

// New makes an account without parameters. What is not about them goes to next;
// without one (nil) it is refused.
func New(next http.Handler) *Server {
	return &Server{next: next, all: map[string]Parameter{}, calls: map[string]int{}}
}

// Put sets a parameter as a person would.
func (s *Server) Put(name, kind, value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all[name] = Parameter{Name: name, Type: kind, Value: value, Version: s.all[name].Version + 1}
}

// Remove deletes a parameter as a person would.
func (s *Server) Remove(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.all, name)
}

// Get is a parameter as it is.
func (s *Server) Get(name string) (Parameter, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.all[name]
	return p, ok
}

// Calls is how often an operation was called.
func (s *Server) Calls(operation string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[operation]
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	operation := wire.Target(r)
	do := map[string]wire.Operation{"GetParameter": s.get, "PutParameter": s.put}[operation]
	if do == nil && s.next != nil {
		s.next.ServeHTTP(w, r)
		return
	}
	wire.JSON(w, r, do)
}

type request struct {
	Name, Type, Value, Tier   string
	WithDecryption, Overwrite bool
}

func (s *Server) begin(operation string, body []byte) (request, error) {
	in, err := wire.Read[request](body)
	if err != nil {
		return in, err
	}
	s.mu.Lock()
	s.calls[operation]++
	s.mu.Unlock()
	return in, s.Ask(operation, "arn:aws:ssm:eu-central-1:123456789012:parameter/"+strings.TrimPrefix(in.Name, "/"))
}

func (s *Server) get(body []byte) (any, error) {
	in, err := s.begin("GetParameter", body)
	if err != nil {
		return nil, err
	}
	p, ok := s.Get(in.Name)
	if !ok {
		// "The parameter couldn't be found. Verify the name and try again." (API_GetParameter)
		return nil, wire.Refuse("ParameterNotFound", "")
	}
	value := p.Value
	if p.Type == "SecureString" && !in.WithDecryption {
		// "Return decrypted values for secure string parameters. This flag is
		// ignored for String and StringList parameter types." (API_GetParameter)
		value = "AQICAHh-encrypted"
	}
	return map[string]any{"Parameter": map[string]any{
		"Name": p.Name, "Type": p.Type, "Value": value, "Version": p.Version, "DataType": "text",
		"ARN": "arn:aws:ssm:eu-central-1:123456789012:parameter/" + strings.TrimPrefix(p.Name, "/"), "LastModifiedDate": time.Now().Unix(),
	}}, nil
}

func (s *Server) put(body []byte) (any, error) {
	in, err := s.begin("PutParameter", body)
	if err != nil {
		return nil, err
	}
	if in.Tier == "" {
		in.Tier = "Standard"
	}
	// "Standard parameters have a content size limit of 4 KB" (API_PutParameter)
	if in.Value == "" || in.Tier == "Standard" && len(in.Value) > 4096 {
		return nil, wire.Refuse("ValidationException", "Standard tier parameters support a maximum parameter value of 4096 characters")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	old, there := s.all[in.Name]
	if there && !in.Overwrite {
		// "The parameter already exists. You can't create duplicate parameters." (API_PutParameter)
		return nil, wire.Refuse("ParameterAlreadyExists", "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.")
	}
	s.all[in.Name] = Parameter{in.Name, in.Type, in.Value, in.Tier, old.Version + 1}
	return map[string]any{"Version": old.Version + 1, "Tier": in.Tier}, nil
}
