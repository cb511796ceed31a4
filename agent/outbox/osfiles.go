package outbox

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

const lockName = "lock"

// osFiles is a folder on disk, locked against a second process.
type osFiles struct {
	path string
	lock *os.File
}

// openOSFiles makes the folder where it is missing, locks it, and proves that
// it can be written.
func openOSFiles(path string) (*osFiles, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("making the folder: %w", err)
	}
	lock, err := os.OpenFile(filepath.Join(path, lockName), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the lock: %w", err)
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		lock.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("locking %s: %w", path, ErrLocked)
		}
		return nil, fmt.Errorf("locking %s: %w", path, err)
	}
	return &osFiles{path: path, lock: lock}, nil
}

func (o *osFiles) list() ([]string, error) {
	entries, err := os.ReadDir(o.path)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if e.Type().IsRegular() {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

func (o *osFiles) open(name string) (file, error) {
	f, err := os.OpenFile(filepath.Join(o.path, name), os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	return osFile{f}, nil
}

// create writes real zeros: with blocks that are merely reserved every sync
// would write the journal, too.
func (o *osFiles) create(name string, size int) (file, error) {
	path := filepath.Join(o.path, name)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	zeros := make([]byte, 64<<10)
	for off := 0; off < size && err == nil; off += len(zeros) {
		_, err = f.WriteAt(zeros[:min(len(zeros), size-off)], int64(off))
	}
	if err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = o.syncDir()
	}
	if err != nil {
		f.Close()
		os.Remove(path) // gives back what a full disk needs
		return nil, err
	}
	return osFile{f}, nil
}

func (o *osFiles) rename(from, to string) error {
	return os.Rename(filepath.Join(o.path, from), filepath.Join(o.path, to))
}

func (o *osFiles) remove(name string) error { return os.Remove(filepath.Join(o.path, name)) }

func (o *osFiles) close() error { return o.lock.Close() }

func (o *osFiles) syncDir() error {
	d, err := os.Open(o.path)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

type osFile struct{ *os.File }

func (f osFile) sync() error { return syncData(f.File) }

func (f osFile) size() (int, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return int(info.Size()), nil
}
