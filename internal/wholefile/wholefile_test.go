package wholefile

import (
	"os"
	"path/filepath"
	"testing"
)

// A file is made and replaced with its mode, also over what a power cut left.
func TestAFileIsReplacedWhole(t *testing.T) {
	name := filepath.Join(t.TempDir(), "state")
	for _, s := range []struct {
		left, data string
		mode       os.FileMode
	}{{"", "first", 0o600}, {"", "", 0o600}, {"longer than what follows", "third", 0o644}} {
		if s.left != "" {
			if err := os.WriteFile(name+".new", []byte(s.left), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := Write(name, []byte(s.data), s.mode); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(name)
		if err != nil || string(got) != s.data {
			t.Errorf("%q, %v, want %q", got, err, s.data)
		}
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != s.mode {
			t.Errorf("%v, %v, want %v", info, err, s.mode)
		}
		if list, err := os.ReadDir(filepath.Dir(name)); err != nil || len(list) != 1 {
			t.Errorf("%v, %v", list, err)
		}
	}
}

// What cannot be replaced stays, and nothing is left beside it.
func TestTheOldFileStandsAfterAnError(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "state")
	if err := os.MkdirAll(filepath.Join(name, "full"), 0o700); err != nil { // a folder of that name: no file takes its place
		t.Fatal(err)
	}
	if err := Write(name, []byte("new"), 0o600); err == nil {
		t.Error("no error")
	}
	if list, err := os.ReadDir(dir); err != nil || len(list) != 1 {
		t.Errorf("%v, %v", list, err)
	}
	if err := Write(filepath.Join(dir, "none", "state"), nil, 0o600); err == nil {
		t.Error("no error without a folder")
	}
}
