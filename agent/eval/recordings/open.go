package recordings

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// ErrMissing says that a data set is not beside the project.
var ErrMissing = errors.New("not beside the project")

// Find returns the directory that holds the archives of the data sets:
// $OSMANTHUS_SHARED/datasets, or shared/datasets beside a directory above the
// working directory.
func Find() (string, error) {
	if s := os.Getenv("OSMANTHUS_SHARED"); s != "" {
		if d := filepath.Join(s, "datasets"); exists(d) {
			return d, nil
		}
		return "", fmt.Errorf("recordings: finding the data sets in OSMANTHUS_SHARED=%s: %w", s, ErrMissing)
	}
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("recordings: finding the data sets: %w", err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if d := filepath.Join(filepath.Dir(dir), "shared", "datasets"); exists(d) {
			return d, nil
		}
	}
	return "", fmt.Errorf("recordings: finding the data sets: %w", ErrMissing)
}

// Open returns the directory of one data set, such as "weda-fall", which holds
// its README.md. It unpacks the archive when this machine has not done so yet.
func Open(name string) (string, error) {
	sets, err := Find()
	if err != nil {
		return "", err
	}
	archive := filepath.Join(sets, name+".tar.xz")
	hash, err := hashOf(archive)
	if errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("recordings: opening %s: %w", name, ErrMissing)
	}
	if err != nil {
		return "", fmt.Errorf("recordings: opening %s: %w", name, err)
	}
	cache, err := cacheDir()
	if err != nil {
		return "", fmt.Errorf("recordings: making a place for %s: %w", name, err)
	}
	home := filepath.Join(cache, name+"-"+hash)
	if !exists(home) {
		if err := unpack(archive, home); err != nil {
			return "", fmt.Errorf("recordings: unpacking %s: %w", name, err)
		}
	}
	return filepath.Join(home, name), nil
}

// cacheDir is where unpacked sets are kept: the user's cache, or the directory
// of temporary files where there is none.
func cacheDir() (string, error) {
	if dir, err := os.UserCacheDir(); err == nil {
		dir = filepath.Join(dir, "osmanthus", "recordings")
		if os.MkdirAll(dir, 0o755) == nil {
			return dir, nil
		}
	}
	dir := filepath.Join(os.TempDir(), "osmanthus-recordings")
	return dir, os.MkdirAll(dir, 0o755)
}

// unpack appears at home whole or not at all, whoever else does the same.
func unpack(archive, home string) error {
	part, err := os.MkdirTemp(filepath.Dir(home), "unpacking-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(part)
	if out, err := exec.Command("tar", "xJf", archive, "--no-same-owner", "-C", part).CombinedOutput(); err != nil {
		return fmt.Errorf("tar: %w: %s", err, out)
	}
	if err := os.Rename(part, home); err != nil && !exists(home) {
		return err
	}
	return nil
}

func hashOf(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)[:8]), nil
}

func exists(path string) bool { _, err := os.Stat(path); return err == nil }
