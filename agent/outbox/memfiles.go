package outbox

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// memFiles keeps files in memory.
type memFiles struct {
	mu    sync.Mutex
	files map[string]*memFile
}

func newMemFiles() *memFiles { return &memFiles{files: map[string]*memFile{}} }

// fill copies the segments of one lane from a folder, as far as they can be
// read.
func (m *memFiles) fill(dir, prefix string) error {
	entries, failed := os.ReadDir(dir)
	for _, e := range entries {
		if _, ok := parseSegmentName(prefix, e.Name()); !ok {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if len(data) > 0 {
			m.files[e.Name()] = &memFile{data: data}
		}
		failed = errors.Join(failed, err)
	}
	return failed
}

func (m *memFiles) list() ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var names []string
	for name := range m.files {
		names = append(names, name)
	}
	return names, nil
}

func (m *memFiles) open(name string) (file, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f, ok := m.files[name]
	if !ok {
		return nil, fmt.Errorf("opening %s: %w", name, fs.ErrNotExist)
	}
	return f, nil
}

func (m *memFiles) create(name string, size int) (file, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f := &memFile{data: make([]byte, size)}
	m.files[name] = f
	return f, nil
}

func (m *memFiles) rename(from, to string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	f, ok := m.files[from]
	if !ok {
		return fmt.Errorf("renaming %s: %w", from, fs.ErrNotExist)
	}
	delete(m.files, from)
	m.files[to] = f
	return nil
}

func (m *memFiles) remove(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.files, name)
	return nil
}

func (m *memFiles) syncDir() error { return nil }

func (m *memFiles) close() error { return nil }

// memFile is one file in memory; its size never changes.
type memFile struct {
	mu   sync.RWMutex
	data []byte
}

func (f *memFile) ReadAt(p []byte, off int64) (int, error) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	if off >= int64(len(f.data)) {
		return 0, io.EOF
	}
	n := copy(p, f.data[off:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (f *memFile) WriteAt(p []byte, off int64) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if off+int64(len(p)) > int64(len(f.data)) {
		return 0, io.ErrShortWrite
	}
	return copy(f.data[off:], p), nil
}

func (f *memFile) Close() error { return nil }

func (f *memFile) sync() error { return nil }

func (f *memFile) size() (int, error) { return len(f.data), nil }
