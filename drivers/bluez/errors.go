package bluez

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/godbus/dbus/v5"

	"osmanthus/drivers/ble"
)

// Errors of an adapter that a caller tells apart.
var (
	// ErrAbsent says that BlueZ knows no adapter of that name.
	ErrAbsent = errors.New("bluez: no such adapter (bluetoothctl list shows those that there are)")
	// ErrOff says that the adapter is off and cannot be switched on.
	ErrOff = errors.New("bluez: the adapter is off (rfkill list shows whether it is blocked)")
	// ErrNoService says that bluetoothd does not run, or went away.
	ErrNoService = errors.New("bluez: bluetoothd does not run (systemctl start bluetooth starts it)")
	// ErrNoBus says that the system's D-Bus cannot be reached, or was lost.
	ErrNoBus = errors.New("bluez: the system's D-Bus cannot be reached (systemctl status dbus says why)")
	// ErrDenied says that the system's D-Bus does not let this user speak to
	// bluetoothd: Debian lets root and the group bluetooth.
	ErrDenied = errors.New("bluez: not permitted: the user is not in the group bluetooth")
	// ErrClosed is returned by every use of an Adapter after its Close.
	ErrClosed = errors.New("bluez: adapter is closed")
)

// name returns the D-Bus name of an error, "" for one that is none.
func name(err error) string {
	var e dbus.Error
	if errors.As(err, &e) {
		return e.Name
	}
	var p *dbus.Error
	if errors.As(err, &p) {
		return p.Name
	}
	return ""
}

// kind returns which of the errors that callers tell apart err is, nil for none
// of them. Names and texts are those of BlueZ 5.66.
func kind(err error) error {
	text := err.Error()
	switch name(err) {
	case "":
		switch {
		case errors.Is(err, dbus.ErrClosed):
			return ErrNoBus
		case errors.Is(err, context.DeadlineExceeded):
			return ble.ErrUnreachable
		}
		return nil
	case "org.freedesktop.DBus.Error.ServiceUnknown", "org.freedesktop.DBus.Error.NameHasNoOwner", "org.freedesktop.DBus.Error.Disconnected":
		return ErrNoService
	case "org.freedesktop.DBus.Error.UnknownObject", "org.freedesktop.DBus.Error.UnknownMethod",
		"org.bluez.Error.DoesNotExist", "org.bluez.Error.NoReply", "org.freedesktop.DBus.Error.NoReply",
		"org.bluez.Error.ConnectionAttemptFailed", "org.bluez.Error.NotConnected", "org.bluez.Error.Canceled",
		"org.bluez.Error.InProgress":
		return ble.ErrUnreachable
	case "org.bluez.Error.NotReady", "org.bluez.Error.Blocked":
		return ErrOff
	case "org.freedesktop.DBus.Error.AccessDenied":
		return ErrDenied
	case "org.bluez.Error.NoSuchAdapter":
		return ErrAbsent
	case "org.bluez.Error.NotPermitted", "org.bluez.Error.NotAuthorized", "org.bluez.Error.Rejected",
		"org.bluez.Error.AuthenticationFailed", "org.bluez.Error.AuthenticationCanceled",
		"org.bluez.Error.AuthenticationRejected", "org.bluez.Error.AuthenticationTimeout":
		return ble.ErrNotPermitted
	case "org.bluez.Error.Failed":
		return failed(text)
	}
	return nil
}

// failed tells apart what BlueZ calls Failed and explains in a text.
func failed(text string) error {
	switch {
	case strings.HasSuffix(text, "-adapter-not-powered"):
		return ErrOff
	case strings.HasSuffix(text, "-concurrent-connection-limit"), strings.HasSuffix(text, "-memory-allocation"):
		return ble.ErrNoSlot
	case strings.HasPrefix(text, "le-connection-"), strings.HasPrefix(text, "br-connection-"), text == "Not connected":
		return ble.ErrUnreachable
	}
	// Bluetooth Core, volume 3, part F, 3.4.1.1: authentication, authorization,
	// encryption and its key size insufficient.
	for _, code := range []string{"0x05", "0x08", "0x0c", "0x0f"} {
		if strings.HasSuffix(text, "ATT error: "+code) {
			return ble.ErrNotPermitted
		}
	}
	return nil
}

// wrap says what was being done, and which of the errors that callers tell apart
// it is.
func wrap(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	doing := fmt.Sprintf(format, args...)
	detail := err.Error()
	if n := name(err); n != "" {
		detail = strings.TrimPrefix(n, "org.bluez.Error.") + ": " + detail
	}
	if k := kind(err); k != nil && !errors.Is(err, k) {
		if name(err) == "" {
			return fmt.Errorf("bluez: %s: %w: %w", doing, k, err)
		}
		return fmt.Errorf("bluez: %s: %w: %s", doing, k, detail)
	}
	if name(err) == "" {
		return fmt.Errorf("bluez: %s: %w", doing, err)
	}
	return fmt.Errorf("bluez: %s: %s", doing, detail)
}
