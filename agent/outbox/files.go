package outbox

import "io"

// files is the little of a file system that the log stands on: the disk, the
// memory, or a test's broken disk.
type files interface {
	list() ([]string, error)
	// open opens what create made, for reading and writing.
	open(name string) (file, error)
	// create makes a file of zeros whose blocks are allocated, durably.
	create(name string, size int) (file, error)
	// rename and remove are durable after syncDir.
	rename(from, to string) error
	remove(name string) error
	syncDir() error
	// close gives the folder back.
	close() error
}

type file interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	// sync makes durable what was written.
	sync() error
	size() (int, error)
}
