// Package playback is an I²C bus on which exactly what a test has written down
// is said, and all of it.
package playback

import (
	"testing"

	"periph.io/x/conn/v3/i2c/i2ctest"
)

// New returns a bus that wants these operations, in this order. What differs is
// an error for the driver, what is left at the end of the test one for the test.
func New(t *testing.T, ops ...i2ctest.IO) *i2ctest.Playback {
	t.Helper()
	b := &i2ctest.Playback{Ops: ops, DontPanic: true}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}
