package nginx

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Listening says whether anything on this host listens on the TCP port.
func Listening(port string) bool {
	n, err := strconv.Atoi(port)
	if err != nil {
		return false
	}
	const state, listens = 3, "0A"
	local := fmt.Sprintf(":%04X", n)
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		b, _ := os.ReadFile(table)
		for line := range strings.Lines(string(b)) {
			fields := strings.Fields(line)
			if len(fields) > state && fields[state] == listens && strings.HasSuffix(fields[1], local) {
				return true
			}
		}
	}
	return false
}
