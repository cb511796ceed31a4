package radio

import (
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// keyAgain is how soon a key file that could not be read is tried again.
const keyAgain = 30 * time.Second

// maxKey bounds the file: a key is one line.
const maxKey = 4096

// keyring is the key of one device, read when it is first needed.
type keyring struct {
	file string // "" for a device without a key
	key  []byte
	err  error
	next time.Time // not to be read before
	news bool      // err was just found
}

// get returns the key, nil for a device that has none.
func (k *keyring) get(at time.Time) ([]byte, error) {
	if k.file == "" || k.key != nil {
		return k.key, nil
	}
	if k.news = false; k.err != nil && at.Before(k.next) {
		return nil, k.err
	}
	k.key, k.err = ReadKey(k.file)
	k.next, k.news = at.Add(keyAgain), k.err != nil
	return k.key, k.err
}

// ReadKey reads the key of a device: 32 hexadecimal digits (BTHome, Xiaomi), or
// 24 of an old Xiaomi device, in a file that nobody but its owner may read.
func ReadKey(path string) ([]byte, error) {
	text, err := ReadSecret(path)
	if err != nil {
		return nil, err
	}
	key, err := hex.DecodeString(text)
	if err != nil || len(key) != 16 && len(key) != 12 {
		return nil, fmt.Errorf("radio: %s is not a key of 32 (or 24) hexadecimal digits", path)
	}
	return key, nil
}

// ReadSecret reads the one line of a file that nobody but its owner may read.
// The error never shows what stands there.
func ReadSecret(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("radio: reading a key: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return "", fmt.Errorf("radio: reading a key: %w", err)
	case !info.Mode().IsRegular():
		return "", fmt.Errorf("radio: %s is not a file", path)
	case info.Mode().Perm()&0o077 != 0:
		return "", fmt.Errorf("radio: %s may be read by others (mode %#o): set it to 0600", path, info.Mode().Perm())
	}
	b, err := io.ReadAll(io.LimitReader(f, maxKey))
	if err != nil {
		return "", fmt.Errorf("radio: reading a key: %w", err)
	}
	return strings.TrimSpace(string(b)), nil
}
