package sshhosts

import (
	"net"
	"sync/atomic"
)

// countedConn counts what comes in, which is how silence is noticed, and has
// each packet acknowledged at once: sshd sends small pieces, and its Nagle
// would wait 40 ms for our delayed acknowledgement.
type countedConn struct {
	net.Conn
	reads atomic.Int64
}

func (c *countedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 {
		c.reads.Add(1)
		acknowledgeNow(c.Conn)
	}
	return n, err
}
