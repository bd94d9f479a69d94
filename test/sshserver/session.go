package sshserver

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"sync"

	"golang.org/x/crypto/ssh"
)

// serve carries one connection from its handshake to its end.
func (s *Server) serve(c *conn, hostKey ssh.Signer) {
	defer func() {
		c.Close()
		s.mu.Lock()
		delete(s.open, c)
		s.mu.Unlock()
	}()
	config := &ssh.ServerConfig{
		ServerVersion: s.Version,
		PublicKeyCallback: func(_ ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
			if bytes.Equal(key.Marshal(), s.allowed.Marshal()) {
				return nil, nil
			}
			return nil, errors.New("unknown key")
		},
	}
	config.AddHostKey(hostKey)
	_, channels, requests, err := ssh.NewServerConn(c, config)
	if err != nil {
		return
	}
	s.mu.Lock()
	s.logins++
	s.mu.Unlock()
	go ssh.DiscardRequests(requests) // answers keep-alives
	var sessions sync.WaitGroup
	for asked := range channels {
		if asked.ChannelType() != "session" {
			asked.Reject(ssh.UnknownChannelType, "only sessions")
			continue
		}
		channel, requests, err := asked.Accept()
		if err != nil {
			break
		}
		sessions.Go(func() { s.session(channel, requests) })
	}
	sessions.Wait()
}

// session waits for the one command of a channel and runs it.
func (s *Server) session(channel ssh.Channel, requests <-chan *ssh.Request) {
	defer channel.Close()
	for request := range requests {
		if request.Type != "exec" {
			request.Reply(false, nil)
			continue
		}
		var asked struct{ Command string }
		if err := ssh.Unmarshal(request.Payload, &asked); err != nil {
			request.Reply(false, nil)
			return
		}
		request.Reply(true, nil)
		go ssh.DiscardRequests(requests)
		if code := s.run(asked.Command, channel); code >= 0 {
			channel.SendRequest("exit-status", false, ssh.Marshal(struct{ Code uint32 }{uint32(code)}))
		}
		return
	}
}

// run is what a login shell does; -1 is a command that did not end by itself. As
// with a real server, a command outlives its connection until it reads the end
// of stdin or writes to nobody.
func (s *Server) run(command string, channel ssh.Channel) int {
	s.mu.Lock()
	s.ran = append(s.ran, command)
	s.mu.Unlock()
	if s.Says != nil {
		understood := false
		if command, understood = s.Says(command); !understood {
			io.WriteString(channel.Stderr(), "not recognized as an internal or external command")
			return 1
		}
	}
	cmd := exec.Command("/bin/sh", "-c", command)
	cmd.Dir = s.Home
	cmd.Env = []string{"HOME=" + s.Home, "PATH=" + os.Getenv("PATH"), "SHELL=/bin/sh", "USER=deploy"}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return -1
	}
	out, outEnd, err := os.Pipe()
	if err != nil {
		return -1
	}
	errs, errsEnd, err := os.Pipe()
	if err != nil {
		return -1
	}
	cmd.Stdout, cmd.Stderr = outEnd, errsEnd
	err = cmd.Start()
	outEnd.Close()
	errsEnd.Close()
	if err != nil {
		io.WriteString(channel.Stderr(), err.Error())
		return 127
	}
	s.mu.Lock()
	s.commands[cmd.Process] = true
	s.mu.Unlock()
	go func() {
		io.Copy(stdin, channel)
		stdin.Close()
	}()
	var copies sync.WaitGroup
	copies.Go(func() { io.Copy(channel, out); out.Close() })
	copies.Go(func() { io.Copy(channel.Stderr(), errs); errs.Close() })
	copies.Wait()
	cmd.Wait()
	s.mu.Lock()
	delete(s.commands, cmd.Process)
	s.mu.Unlock()
	return cmd.ProcessState.ExitCode()
}
