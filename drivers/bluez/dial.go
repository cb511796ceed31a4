package bluez

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"
)

// systemBus is where the system's bus listens (D-Bus specification, "Well-known
// Message Bus Instances"), if DBUS_SYSTEM_BUS_ADDRESS does not say otherwise.
const systemBus = "unix:path=/var/run/dbus/system_bus_socket"

// writeLimit bounds one write to the bus.
const writeLimit = 5 * time.Second

func dialSystem(ctx context.Context) (io.ReadWriteCloser, error) {
	address := os.Getenv("DBUS_SYSTEM_BUS_ADDRESS")
	if address == "" {
		address = systemBus
	}
	var err error
	for _, one := range strings.Split(address, ";") {
		var path string
		if path, err = socketPath(one); err != nil {
			continue
		}
		var conn net.Conn
		if conn, err = new(net.Dialer).DialContext(ctx, "unix", path); err == nil {
			return bounded{conn}, nil
		}
	}
	return nil, err
}

// socketPath reads the address of a local socket.
func socketPath(address string) (string, error) {
	keys, ok := strings.CutPrefix(address, "unix:")
	for _, pair := range strings.Split(keys, ",") {
		key, value, _ := strings.Cut(pair, "=")
		path, err := dbus.UnescapeBusAddressValue(value)
		switch {
		case !ok || err != nil:
		case key == "path":
			return path, nil
		case key == "abstract":
			return "@" + path, nil
		}
	}
	return "", fmt.Errorf("%q is no address of a local bus", address)
}

// bounded is a connection of which no write takes long: the library holds a lock
// meanwhile.
type bounded struct{ net.Conn }

func (b bounded) Write(p []byte) (int, error) {
	if err := b.SetWriteDeadline(time.Now().Add(writeLimit)); err != nil {
		return 0, err
	}
	return b.Conn.Write(p)
}
