// Package sshserver is an SSH server inside a test: it runs commands with the
// local shell, in a home folder of its own, for one user key.
//
// It knows no file transfer and no terminal. What a real server does not let a
// test do are its switches: present another host key, drop every connection,
// stand still.
package sshserver

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"net"
	"os"
	"strings"
	"sync"
	"testing"

	"golang.org/x/crypto/ssh"
)

// Server is one running server. It stops with its test.
type Server struct {
	Address string // host:port
	Home    string // HOME of every command
	Key     []byte // the one private key that may come in, PEM

	// Version is how it introduces itself, "" is Go's. Says, where it is set, makes
	// of each command one for our shell; false refuses it as unknown. Both are set
	// before the first connection.
	Version string
	Says    func(command string) (string, bool)

	listener net.Listener
	allowed  ssh.PublicKey

	mu      sync.Mutex
	hostKey ssh.Signer
	open    map[*conn]bool
	refuse  bool
	thawed  chan struct{} // closed while not frozen
	logins  int
	ran     []string

	commands map[*os.Process]bool
	running  sync.WaitGroup
}

// New starts a server on a loopback port.
func New(t testing.TB) *Server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	thawed := make(chan struct{})
	close(thawed)
	s := &Server{
		Address: listener.Addr().String(), Home: t.TempDir(),
		listener: listener, open: map[*conn]bool{}, thawed: thawed, commands: map[*os.Process]bool{},
	}
	var user ssh.Signer
	user, s.Key = NewKey(t)
	s.allowed = user.PublicKey()
	s.hostKey, _ = NewKey(t)
	s.running.Go(s.accept)
	t.Cleanup(s.close)
	return s
}

// NewKey makes an ed25519 key; its second form is the PEM text of the private
// half.
func NewKey(t testing.TB) (ssh.Signer, []byte) {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return signer, pem.EncodeToMemory(block)
}

// HostKey is the public key the server presents now, in authorized_keys form.
func (s *Server) HostKey() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(s.hostKey.PublicKey())))
}

// ChangeHostKey makes the server present another key from the next connection
// on, as a reinstalled host or somebody in between would.
func (s *Server) ChangeHostKey(t testing.TB) {
	key, _ := NewKey(t)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hostKey = key
}

// Logins is how many connections got through authentication.
func (s *Server) Logins() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.logins
}

// Ran are the commands that were asked for, in order.
func (s *Server) Ran() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.ran...)
}

// Open is how many connections are open.
func (s *Server) Open() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.open)
}

// Drop breaks all connections; new ones are refused until Accept is called.
func (s *Server) Drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse = true
	for c := range s.open {
		c.Close()
	}
}

// Accept lets connections in again after Drop.
func (s *Server) Accept() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse = false
}

// Freeze makes the server stand still: connections stay, no byte moves.
func (s *Server) Freeze() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.thawed = make(chan struct{})
}

// Thaw ends what Freeze began.
func (s *Server) Thaw() {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.thawed:
	default:
		close(s.thawed)
	}
}

func (s *Server) close() {
	s.listener.Close()
	s.Thaw()
	s.Drop()
	s.mu.Lock()
	for command := range s.commands {
		command.Kill()
	}
	s.mu.Unlock()
	s.running.Wait()
}

func (s *Server) accept() {
	for {
		raw, err := s.listener.Accept()
		if err != nil {
			return
		}
		c := &conn{Conn: raw, server: s, closed: make(chan struct{})}
		s.mu.Lock()
		refuse, key := s.refuse, s.hostKey
		if !refuse {
			s.open[c] = true
		}
		s.mu.Unlock()
		if refuse {
			raw.Close()
			continue
		}
		s.running.Go(func() { s.serve(c, key) })
	}
}
