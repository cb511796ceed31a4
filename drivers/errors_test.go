package drivers

import (
	"errors"
	"fmt"
	"syscall"
	"testing"
)

func TestNoAnswer(t *testing.T) {
	for err, want := range map[error]bool{
		nil: false, syscall.EREMOTEIO: true, syscall.ENXIO: true, syscall.EIO: false, syscall.ETIMEDOUT: false,
	} {
		if got := NoAnswer(fmt.Errorf("sensing: %w", errors.Join(err))); got != want {
			t.Errorf("%v: %v", err, got)
		}
	}
}

func TestIdentityErrorSaysWhatToLookFor(t *testing.T) {
	err := &IdentityError{Chip: "MAX30102", Addr: 0x57, Got: 0x11, Want: "0x15"}
	if got := err.Error(); got != "device at 0x57 is not a MAX30102: identity 0x11, want 0x15" {
		t.Error(got)
	}
}
