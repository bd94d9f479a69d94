//go:build !linux

package sshhosts

import "net"

func acknowledgeNow(net.Conn) {}
