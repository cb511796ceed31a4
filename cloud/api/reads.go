package api

import (
	"sync"
	"time"
)

const (
	// readAgain is how long a row of the audit log speaks for the same session
	// that reads the same thing again: an open page reads its board thrice a
	// minute.
	readAgain = time.Hour
	// maxReads bounds the memory; where it is full, rows are written again.
	maxReads = 10_000
)

// readKey is who reads what: the row without its time, and the session.
type readKey struct {
	token string
	entry AuditEntry // At is zero
}

// reads knows which reads stand in the audit log already.
type reads struct {
	mu   sync.Mutex
	seen map[readKey]time.Time
}

// fresh reports whether a read needs a row, and takes it for written.
func (r *reads) fresh(k readKey, at time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if last, ok := r.seen[k]; ok && spokenFor(last, at) {
		return false
	}
	if len(r.seen) >= maxReads {
		for k, last := range r.seen {
			if !spokenFor(last, at) {
				delete(r.seen, k)
			}
		}
	}
	if r.seen == nil || len(r.seen) >= maxReads {
		r.seen = map[readKey]time.Time{}
	}
	r.seen[k] = at
	return true
}

// spokenFor reports whether a row at last speaks for a read at at. After a
// clock that was set back it does not.
func spokenFor(last, at time.Time) bool {
	age := at.Sub(last)
	return age >= 0 && age < readAgain
}

// forget says that the row was not written.
func (r *reads) forget(k readKey) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.seen, k)
}
