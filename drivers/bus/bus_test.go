package bus

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"testing"

	"osmanthus/drivers"
)

func TestAddressesThatCannotBeOpened(t *testing.T) {
	for _, addr := range []string{"", "i2c-1", "/dev/i2c-", "/dev/i2c-x", "/dev/i2c--1", "sim:unix:///none#", "sim:x"} {
		if b, err := Open(addr, 0); err == nil {
			t.Errorf("%q opens as %v", addr, b)
		}
	}
}

func TestA1_NoBusOnThisMachine(t *testing.T) {
	const missing = "/dev/i2c-4093"
	if _, err := os.Stat(missing); err == nil {
		t.Skip("SKIPPED: this machine has " + missing)
	}
	if _, err := Open(missing, 0); !errors.Is(err, syscall.ENOENT) {
		t.Errorf("%v", err)
	}
	if _, err := OpenPin("NO_SUCH_PIN", 0); err == nil {
		t.Error("a pin that is not there opens")
	}
}

// periph's bus drops the errno from its errors; callers need it.
func TestErrnoIsGivenBack(t *testing.T) {
	for _, errno := range []syscall.Errno{syscall.EREMOTEIO, syscall.ENXIO} {
		err := withErrno(fmt.Errorf("sysfs-i2c: %v", errno))
		if !errors.Is(err, errno) || !drivers.NoAnswer(err) || err.Error() != "sysfs-i2c: "+errno.Error() {
			t.Errorf("%v", err)
		}
	}
	if other := errors.New("something else"); withErrno(other) != other || withErrno(nil) != nil {
		t.Error("an error without errno was changed")
	}
}
