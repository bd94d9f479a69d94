// Package kms is an emulator of the AWS Key Management Service, as far as
// envelope encryption with one symmetric key needs it: GenerateDataKey and
// Decrypt.
//
// It does not rotate, disable or list keys. A ciphertext is really sealed, with
// the encryption context as additional data, so that wrong ones do not open.
package kms

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"sync"

	"slipway/test/emulators/wire"
)

// Server is one account's keys.
type Server struct {
	wire.Hooks
	mu    sync.Mutex
	keys  map[string]cipher.AEAD // by ARN
	calls map[string]int
}

// New makes an account with keys of these ARNs.
func New(arns ...string) *Server {
	s := &Server{keys: map[string]cipher.AEAD{}, calls: map[string]int{}}
	for _, arn := range arns {
		s.AddKey(arn)
	}
	return s
}

// AddKey makes one more key.
func (s *Server) AddKey(arn string) {
	_, aead := newKey()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys[arn] = aead
}

func newKey() ([]byte, cipher.AEAD) {
	key := make([]byte, 32)
	rand.Read(key)
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return key, aead
}

// Calls is how often an operation was called.
func (s *Server) Calls(operation string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[operation]
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	wire.JSON(w, r, map[string]wire.Operation{"GenerateDataKey": s.generate, "Decrypt": s.decrypt}[wire.Target(r)])
}

type request struct {
	KeyID             string `json:"KeyId"`
	KeySpec           string
	EncryptionContext map[string]string
	CiphertextBlob    []byte
}

func (s *Server) begin(operation string, body []byte) (request, error) {
	in, err := wire.Read[request](body)
	if err != nil {
		return in, err
	}
	s.mu.Lock()
	s.calls[operation]++
	s.mu.Unlock()
	return in, s.Ask(operation, in.KeyID)
}

func (s *Server) key(arn string) (cipher.AEAD, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key, ok := s.keys[arn]
	if !ok {
		// "The request was rejected because the specified entity or resource could not be found." (API_GenerateDataKey)
		return nil, wire.Refuse("NotFoundException", "Key '%s' does not exist", arn)
	}
	return key, nil
}

// generate: "It returns a plaintext copy of the data key and a copy that is
// encrypted under a symmetric encryption KMS key that you specify." (API_GenerateDataKey)
func (s *Server) generate(body []byte) (any, error) {
	in, err := s.begin("GenerateDataKey", body)
	if err != nil {
		return nil, err
	}
	key, err := s.key(in.KeyID)
	if err != nil {
		return nil, err
	}
	if in.KeySpec != "AES_256" {
		return nil, wire.Refuse("ValidationException", "this emulator makes keys of AES_256 only")
	}
	data, _ := newKey()
	nonce := make([]byte, key.NonceSize())
	rand.Read(nonce)
	inside, err := json.Marshal(blob{in.KeyID, key.Seal(nonce, nonce, data, contextOf(in))})
	return map[string]any{"KeyId": in.KeyID, "Plaintext": data, "CiphertextBlob": inside}, err
}

// blob names its key: "AWS KMS can get this information from metadata that it
// adds to the symmetric ciphertext blob." (API_Decrypt)
type blob struct {
	Key    string
	Sealed []byte
}

func (s *Server) decrypt(body []byte) (any, error) {
	in, err := s.begin("Decrypt", body)
	if err != nil {
		return nil, err
	}
	var b blob
	if json.Unmarshal(in.CiphertextBlob, &b) != nil {
		return nil, wire.Refuse("InvalidCiphertextException", "")
	}
	if in.KeyID != "" && in.KeyID != b.Key {
		// "If the ciphertext was encrypted under a different KMS key, the Decrypt operation fails." (API_Decrypt)
		return nil, wire.Refuse("IncorrectKeyException", "The key ID in the request does not identify a CMK that can perform this operation.")
	}
	key, err := s.key(b.Key)
	if err != nil {
		return nil, err
	}
	if len(b.Sealed) < key.NonceSize() {
		return nil, wire.Refuse("InvalidCiphertextException", "")
	}
	// "you must specify the same (an exact case-sensitive match) encryption
	// context to decrypt the data" (API_Decrypt)
	data, err := key.Open(nil, b.Sealed[:key.NonceSize()], b.Sealed[key.NonceSize():], contextOf(in))
	if err != nil {
		return nil, wire.Refuse("InvalidCiphertextException", "")
	}
	return map[string]any{"KeyId": b.Key, "Plaintext": data, "EncryptionAlgorithm": "SYMMETRIC_DEFAULT"}, nil
}

// contextOf is the same for the same pairs: JSON sorts the keys of a map.
func contextOf(in request) []byte {
	text, err := json.Marshal(in.EncryptionContext)
	if err != nil {
		panic(err)
	}
	return text
}

// Has says whether there is a key of that ARN.
func (s *Server) Has(arn string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.keys[arn]
	return ok
}
