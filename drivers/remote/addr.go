// Package remote reaches buses and pins that another process models, over a socket,
// as periph buses and pins on which unchanged drivers run.
package remote

import (
	"fmt"
	"strings"
)

// Scheme begins every address of this package: sim:unix:///run/home.sock#bed-1
// is the bus or pin bed-1 of the home behind that socket.
const Scheme = "sim:unix://"

// IsAddr reports whether addr is meant for this package.
func IsAddr(addr string) bool { return strings.HasPrefix(addr, "sim:") }

// ParseAddr splits an address into the socket's path and the name of a bus or pin.
func ParseAddr(addr string) (socket, name string, err error) {
	rest, ok := strings.CutPrefix(addr, Scheme)
	if !ok {
		return "", "", fmt.Errorf("remote: address %q does not begin with %s", addr, Scheme)
	}
	socket, name, _ = strings.Cut(rest, "#")
	if !strings.HasPrefix(socket, "/") || name == "" {
		return "", "", fmt.Errorf("remote: address %q is not %s/path/to.sock#name", addr, Scheme)
	}
	return socket, name, nil
}
