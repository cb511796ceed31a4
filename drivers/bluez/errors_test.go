package bluez

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"

	"osmanthus/drivers/ble"
)

// The names and texts are those of BlueZ 5.66.
func TestWhatBlueZSaysIsToldApart(t *testing.T) {
	for _, c := range []struct {
		name, text string
		is         error
	}{
		{"org.bluez.Error.Failed", "le-connection-abort-by-local", ble.ErrUnreachable},
		{"org.bluez.Error.Failed", "le-connection-timeout", ble.ErrUnreachable},
		{"org.bluez.Error.Failed", "le-connection-refused", ble.ErrUnreachable},
		{"org.bluez.Error.Failed", "br-connection-page-timeout", ble.ErrUnreachable},
		{"org.bluez.Error.Failed", "le-connection-concurrent-connection-limit", ble.ErrNoSlot},
		{"org.bluez.Error.Failed", "le-connection-memory-allocation", ble.ErrNoSlot},
		{"org.bluez.Error.Failed", "le-connection-adapter-not-powered", ErrOff},
		{"org.bluez.Error.Failed", "Not connected", ble.ErrUnreachable},
		{"org.bluez.Error.Failed", "Operation failed with ATT error: 0x05", ble.ErrNotPermitted},
		{"org.bluez.Error.Failed", "Operation failed with ATT error: 0x0f", ble.ErrNotPermitted},
		{"org.bluez.Error.Failed", "Operation failed with ATT error: 0x0e", nil},
		{"org.bluez.Error.NotPermitted", "Read not permitted", ble.ErrNotPermitted},
		{"org.bluez.Error.NotAuthorized", "Operation Not Authorized", ble.ErrNotPermitted},
		{"org.bluez.Error.AuthenticationTimeout", "Authentication Timeout", ble.ErrNotPermitted},
		{"org.bluez.Error.ConnectionAttemptFailed", "Page Timeout", ble.ErrUnreachable},
		{"org.bluez.Error.InProgress", "In Progress", ble.ErrUnreachable},
		{"org.bluez.Error.NotReady", "Resource Not Ready", ErrOff},
		{"org.bluez.Error.Blocked", "Blocked through rfkill", ErrOff},
		{"org.bluez.Error.NoSuchAdapter", "No such adapter", ErrAbsent},
		{"org.bluez.Error.InvalidValueLength", "Invalid Length", nil},
		{"org.freedesktop.DBus.Error.UnknownObject", "Method called on an object that does not exist", ble.ErrUnreachable},
		{"org.freedesktop.DBus.Error.ServiceUnknown", "The name org.bluez was not provided", ErrNoService},
		{"org.freedesktop.DBus.Error.AccessDenied", "Rejected send message", ErrDenied},
	} {
		err := wrap(dbus.Error{Name: c.name, Body: []any{c.text}}, "doing x")
		for _, is := range []error{ble.ErrUnreachable, ble.ErrNoSlot, ble.ErrNotPermitted, ErrOff, ErrAbsent, ErrNoService, ErrNoBus, ErrDenied} {
			if errors.Is(err, is) != (is == c.is) {
				t.Errorf("%v is %v: %v", err, is, errors.Is(err, is))
			}
		}
		if !strings.HasPrefix(err.Error(), "bluez: doing x: ") || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%v", err)
		}
	}
	if err := wrap(context.DeadlineExceeded, "doing x"); !errors.Is(err, ble.ErrUnreachable) || !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	if err := wrap(dbus.ErrClosed, "doing x"); !errors.Is(err, ErrNoBus) {
		t.Error(err)
	}
	if wrap(nil, "doing x") != nil {
		t.Error("an error of nothing")
	}
}

func TestAddressesOfABus(t *testing.T) {
	for address, want := range map[string]string{
		"unix:path=/run/dbus/system_bus_socket": "/run/dbus/system_bus_socket",
		"unix:guid=12,path=/tmp/a%20b":          "/tmp/a b",
		"unix:abstract=/tmp/x":                  "@/tmp/x",
	} {
		if got, err := socketPath(address); got != want || err != nil {
			t.Errorf("%s: %q, %v", address, got, err)
		}
	}
	for _, address := range []string{"", "tcp:host=1.2.3.4,port=1", "unix:", "unix:tmpdir=/tmp", "unix:path=%zz"} {
		if got, err := socketPath(address); err == nil {
			t.Errorf("%s: %q", address, got)
		}
	}
}

func TestCharacteristicsOfADevice(t *testing.T) {
	const service, measure = "0000180d-0000-1000-8000-00805f9b34fb", "00002a37-0000-1000-8000-00805f9b34fb"
	dev := dbus.ObjectPath(tag)
	all := objects{
		dev + "/service0010":            {ifaceService: {"UUID": dbus.MakeVariant(service)}},
		dev + "/service0010/char0014":   {ifaceChar: {"UUID": dbus.MakeVariant(measure), "Service": dbus.MakeVariant(dev + "/service0010"), "Flags": dbus.MakeVariant([]string{"notify", "write-without-response", "extended-properties"})}},
		dev + "/service0010/char0011":   {ifaceChar: {"UUID": dbus.MakeVariant(measure), "Service": dbus.MakeVariant(dev + "/service0010"), "Flags": dbus.MakeVariant([]string{"read", "indicate", "write"})}},
		dev + "/service0010/char0020":   {ifaceChar: {"UUID": dbus.MakeVariant("nonsense"), "Service": dbus.MakeVariant(dev + "/service0010")}},
		dev + "/service0030/char0031":   {ifaceChar: {"UUID": dbus.MakeVariant(measure), "Service": dbus.MakeVariant(dev + "/service0030")}},
		dev + "0/service0010/char0014":  {ifaceChar: {"UUID": dbus.MakeVariant(measure)}},
		dev + "/service0010/char0011/d": {"org.bluez.GattDescriptor1": {}},
	}
	got := characteristics(all, tag)
	if len(got) != 2 || got[0].Handle != 0x12 || got[1].Handle != 0x15 ||
		got[0].Properties != ble.CanRead|ble.CanIndicate|ble.CanWrite || got[1].Properties != ble.CanNotify|ble.CanWriteNoResponse {
		t.Errorf("%+v", got)
	}
	for path, want := range map[string]uint16{"/x/char0001": 2, "/x/charffff": 0, "/x/char": 0, "/x/chars": 0, "/y": 0} {
		if h := valueHandle(path); h != want {
			t.Errorf("%s: %#x", path, h)
		}
	}
}
