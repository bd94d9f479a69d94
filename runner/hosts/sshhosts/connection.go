package sshhosts

import (
	"fmt"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"

	"slipway/runner/hosts"
)

// connection is one login with room for several commands at once.
type connection struct {
	client   *ssh.Client
	traffic  *countedConn
	address  string
	hostKey  string
	shell    shell
	executor Program       // it is there
	room     chan struct{} // a value for each running command
	idle     time.Duration

	once sync.Once
	lost chan struct{} // closed with the connection

	mu    sync.Mutex
	users int
	timer *time.Timer // runs while nobody uses it
}

// sshd allows ten sessions on a connection by default.
const sessions = 8

func newConnection(client *ssh.Client, traffic *countedConn, address, hostKey string, s Settings) *connection {
	c := &connection{
		client: client, traffic: traffic, address: address, hostKey: hostKey, shell: shellOf(string(client.ServerVersion())),
		room: make(chan struct{}, sessions), idle: s.Idle, lost: make(chan struct{}),
	}
	go func() {
		client.Wait()
		c.close()
	}()
	go c.keepAlive(s.KeepAlive)
	return c
}

func (c *connection) close() {
	c.once.Do(func() {
		close(c.lost)
		// First what needs no answer from the other side.
		c.traffic.Close()
		c.client.Close()
	})
}

// take is false for a connection that is lost or about to be.
func (c *connection) take() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case <-c.lost:
		return false
	default:
	}
	if c.timer != nil && !c.timer.Stop() {
		return false
	}
	c.timer = nil
	c.users++
	return true
}

func (c *connection) giveBack() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.users--; c.users == 0 {
		c.timer = time.AfterFunc(c.idle, c.close)
	}
}

// keepAlive closes the connection when nothing has come over it for long, not
// even the answer to a question that every server answers.
func (c *connection) keepAlive(every time.Duration) {
	const patience = 3
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	asking := make(chan struct{}, 1)
	heard, silent := c.traffic.reads.Load(), 0
	for {
		select {
		case <-c.lost:
			return
		case <-ticker.C:
		}
		if now := c.traffic.reads.Load(); now != heard {
			heard, silent = now, 0
			continue
		}
		if silent++; silent > patience {
			c.close()
			return
		}
		select {
		case asking <- struct{}{}:
			go func() {
				c.client.SendRequest("keepalive@openssh.com", true, nil)
				<-asking
			}()
		default: // the last question is not answered yet
		}
	}
}

func (c *connection) lostError() error {
	return fmt.Errorf("connection to %s was lost: %w", c.address, hosts.ErrUnreachable)
}
