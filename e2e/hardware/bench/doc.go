// Package bench is what lies on the table beside the emulated machine: chips,
// wires, modules and bands, and the cables by which they are plugged into its
// kernel and pulled again. It works as root in that machine only; see
// tools/emulator.
package bench

import (
	"bytes"
	"os"
	"testing"
	"time"
)

// Emulated says whether this process runs in the emulated machine, by what its
// processor is.
func Emulated() bool {
	b, _ := os.ReadFile("/proc/cpuinfo")
	return bytes.Contains(b, []byte("User Mode Linux"))
}

// Eventually fails the test when try does not succeed within d. It tries a
// thousand times, so that a long wait costs no more than a short one.
func Eventually(t testing.TB, d time.Duration, what string, try func() error) {
	t.Helper()
	for began := time.Now(); ; time.Sleep(max(d/1000, 5*time.Millisecond)) {
		err := try()
		if err == nil {
			return
		}
		if time.Since(began) > d {
			t.Fatalf("%s: not within %v: %v", what, d, err)
		}
	}
}

// must ends the test at an error of the bench itself.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("bench: %v", err)
	}
}

// put writes a file of the kernel's: sysfs, configfs.
func put(t testing.TB, path, value string) {
	t.Helper()
	must(t, os.WriteFile(path, []byte(value), 0))
}
