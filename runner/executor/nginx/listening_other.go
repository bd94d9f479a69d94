//go:build !linux

package nginx

import (
	"net"
	"time"
)

// Listening says whether anything on this host listens on the TCP port.
func Listening(port string) bool {
	conn, err := net.DialTimeout("tcp", net.JoinHostPort("127.0.0.1", port), time.Second)
	if err != nil {
		return false
	}
	conn.Close()
	return true
}
