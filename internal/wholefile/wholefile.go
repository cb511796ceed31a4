// Package wholefile replaces small files of state so that a power cut leaves the
// old one or the new one, never a part.
package wholefile

import (
	"errors"
	"os"
	"path/filepath"
)

// Write replaces the file of a name, in a folder that exists. It writes name.new
// first, so there is one writer of a name at a time. Its errors are those of
// package os, which name the file; after one the old file stands.
func Write(name string, data []byte, mode os.FileMode) error {
	next := name + ".new"
	f, err := os.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, mode)
	if err != nil {
		return err
	}
	err = f.Chmod(mode) // a file that was left there, or the umask, may say otherwise
	if err == nil {
		_, err = f.Write(data)
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(next, name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(next))
	}
	dir, err := os.Open(filepath.Dir(name))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close()) // the new name is on the disk, too
}
