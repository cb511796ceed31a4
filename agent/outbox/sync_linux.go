package outbox

import (
	"os"
	"syscall"
)

// syncData makes the data durable and leaves the file's times alone: nothing
// else changes in a preallocated file, and the journal stays dry.
func syncData(f *os.File) error {
	for {
		err := syscall.Fdatasync(int(f.Fd()))
		if err != syscall.EINTR {
			return os.NewSyscallError("fdatasync", err)
		}
	}
}
