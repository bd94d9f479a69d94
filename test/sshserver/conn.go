package sshserver

import (
	"net"
	"sync"
)

// conn is a connection that stands still while its server is frozen.
type conn struct {
	net.Conn
	server *Server
	once   sync.Once
	closed chan struct{}
}

func (c *conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.wait()
	return n, err
}

func (c *conn) Write(p []byte) (int, error) {
	c.wait()
	return c.Conn.Write(p)
}

func (c *conn) wait() {
	c.server.mu.Lock()
	thawed := c.server.thawed
	c.server.mu.Unlock()
	select {
	case <-thawed:
	case <-c.closed:
	}
}

func (c *conn) Close() error {
	c.once.Do(func() { close(c.closed) })
	return c.Conn.Close()
}
