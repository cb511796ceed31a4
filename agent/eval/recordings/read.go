package recordings

import (
	"errors"
	"testing"
)

// Read reads a data set for a test, as in Read(t, recordings.WEDA), or skips the
// test aloud where the set is not beside the project or -short is given.
func Read[T any](t testing.TB, set func() ([]T, error)) []T {
	t.Helper()
	if testing.Short() {
		t.Skip("SKIPPED: recordings are not read with -short")
	}
	all, err := set()
	switch {
	case errors.Is(err, ErrMissing):
		t.Skipf("SKIPPED: %v: detection was NOT tried on recordings", err)
	case err != nil:
		t.Fatal(err)
	}
	return all
}
