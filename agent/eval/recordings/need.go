package recordings

import (
	"errors"
	"testing"
)

// Need returns the directory of a data set for a test, or skips the test aloud
// where the set is not beside the project or -short is given.
func Need(t testing.TB, name string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("SKIPPED: recordings are not read with -short")
	}
	dir, err := Open(name)
	skipOrFail(t, err)
	return dir
}

// Read reads a data set for a test, as in Read(t, recordings.WEDA), or skips
// the test aloud as Need does.
func Read[T any](t testing.TB, set func() ([]T, error)) []T {
	t.Helper()
	if testing.Short() {
		t.Skip("SKIPPED: recordings are not read with -short")
	}
	all, err := set()
	skipOrFail(t, err)
	return all
}

func skipOrFail(t testing.TB, err error) {
	t.Helper()
	switch {
	case errors.Is(err, ErrMissing):
		t.Skipf("SKIPPED: %v: detection was NOT tried on recordings", err)
	case err != nil:
		t.Fatal(err)
	}
}
