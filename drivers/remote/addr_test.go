package remote

import (
	"strings"
	"testing"
)

func TestParseAddr(t *testing.T) {
	socket, name, err := ParseAddr("sim:unix:///tmp/home.sock#bed-1")
	if err != nil || socket != "/tmp/home.sock" || name != "bed-1" {
		t.Errorf("%q %q %v", socket, name, err)
	}
	for _, bad := range []string{
		"", "/dev/i2c-1", "sim:", "sim:tcp://x#y", "sim:unix://relative#x", "sim:unix:///a", "sim:unix:///a#", "sim:unix://#x",
	} {
		if _, _, err := ParseAddr(bad); err == nil || !strings.Contains(err.Error(), "remote: address") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestNobodyAtTheSocket(t *testing.T) {
	addr := Scheme + t.TempDir() + "/none.sock#x"
	if _, err := OpenBus(addr, nil); err == nil {
		t.Error("a bus without a socket opens")
	}
	if _, err := OpenPin(addr, nil); err == nil {
		t.Error("a pin without a socket opens")
	}
}
