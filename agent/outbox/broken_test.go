package outbox

import (
	"cmp"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// broken is a disk in memory that can be told to fail or to hang.
type broken struct {
	*memFiles
	mu     sync.Mutex
	room   int           // files that may yet be created, when full is set
	full   bool          // creating more fails with ENOSPC
	refuse error         // what writing and syncing return
	hang   chan struct{} // syncing waits for it
}

func (b *broken) create(name string, size int) (file, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.full {
		if b.room == 0 {
			return nil, syscall.ENOSPC
		}
		b.room--
	}
	f, err := b.memFiles.create(name, size)
	return brokenFile{f, b}, err
}

func (b *broken) open(name string) (file, error) {
	f, err := b.memFiles.open(name)
	return brokenFile{f, b}, err
}

func (b *broken) set(refuse error, hang chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refuse, b.hang = refuse, hang
}

type brokenFile struct {
	file
	b *broken
}

func (f brokenFile) WriteAt(p []byte, off int64) (int, error) {
	f.b.mu.Lock()
	err := f.b.refuse
	f.b.mu.Unlock()
	if err != nil {
		n, _ := f.file.WriteAt(p[:len(p)/2], off)
		return n, err
	}
	return f.file.WriteAt(p, off)
}

func (f brokenFile) sync() error {
	f.b.mu.Lock()
	hang := f.b.hang
	f.b.mu.Unlock()
	if hang != nil {
		<-hang
	}
	return f.file.sync()
}

func TestADiskThatRefusesCostsNothingWhilePowerLasts(t *testing.T) {
	b := &broken{memFiles: newMemFiles()}
	o, err := open(b, Opts{})
	if err != nil {
		t.Fatal(err)
	}
	put(t, o, Alert, 1, 1, 2, 100)
	put(t, o, Telemetry, 1, 1, 3, 1400)
	commit(t, o)
	b.set(syscall.EIO, nil)
	k := Key{Alert, 1, 3}
	if err := o.Put(k, payload(k, 100)); !errors.Is(err, ErrVolatile) || !errors.Is(err, syscall.EIO) {
		t.Fatalf("Put on a broken disk: %v", err)
	}
	put(t, o, Telemetry, 1, 4, 5000, 1400)
	if err := o.Commit(); !errors.Is(err, ErrVolatile) {
		t.Fatalf("Commit on a broken disk: %v", err)
	}
	wantKeys(t, "alerts", keys(t, o, Alert, 0, 100), span(Alert, 1, 1, 3))
	s := o.Stats()
	if !s.Volatile || s.DiskErrors < 2 || s.EvictedRecords == 0 {
		t.Errorf("%+v", s)
	}
	got := keys(t, o, Telemetry, 0, 1400)
	gone := o.Dropped()
	if len(gone) != 1 || gone[0].From != 4 || uint64(len(got)) != 5000-s.EvictedRecords || gone[0].To-3 != s.EvictedRecords {
		t.Errorf("%d records are left, dropped %v, %+v", len(got), gone, s)
	}
	b.set(nil, nil)
	commit(t, o)
	if o.Stats().Volatile {
		t.Error("still volatile")
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	if o, err = open(b, Opts{}); err != nil {
		t.Fatal(err)
	}
	wantKeys(t, "alerts after all", keys(t, o, Alert, 0, 100), span(Alert, 1, 1, 3))
	// What the refused write left behind counts: those records come twice.
	after := keys(t, o, Telemetry, 0, 1400)
	slices.SortFunc(after, func(a, b Key) int { return cmp.Compare(a.Seq, b.Seq) })
	wantKeys(t, "telemetry after all", slices.Compact(after), got)
}

func TestAFullDiskTakesAlertsForTelemetry(t *testing.T) {
	b := &broken{memFiles: newMemFiles(), full: true, room: 6}
	o, err := open(b, Opts{})
	if err != nil {
		t.Fatal(err)
	}
	put(t, o, Telemetry, 1, 1, 5000, 1400)
	commit(t, o)
	put(t, o, Alert, 1, 1, 25, 100<<10) // 2.5 MB
	wantKeys(t, "alerts", keys(t, o, Alert, 0, 100<<10), span(Alert, 1, 1, 25))
	got := keys(t, o, Telemetry, 0, 1400)
	wantKeys(t, "telemetry", got, span(Telemetry, 1, got[0].Seq, 5000))
	if s := o.Stats(); s.EvictedRecords != got[0].Seq-1 || s.Volatile {
		t.Errorf("%+v, the first that is held is %d", s, got[0].Seq)
	}
}

func TestAnAlertWaitsForAHangingDiskTwoSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &broken{memFiles: newMemFiles()}
		o, err := open(b, Opts{})
		if err != nil {
			t.Fatal(err)
		}
		hang := make(chan struct{})
		b.set(nil, hang)
		began := time.Now()
		k := Key{Alert, 1, 1}
		if err := o.Put(k, payload(k, 100)); !errors.Is(err, ErrVolatile) {
			t.Fatalf("Put on a hanging disk: %v", err)
		}
		if d := time.Since(began); d != maxWait {
			t.Errorf("Put took %v", d)
		}
		wantKeys(t, "alerts", keys(t, o, Alert, 0, 100), span(Alert, 1, 1, 1))
		if !o.Stats().Volatile {
			t.Error("nobody is told that the alert is in memory only")
		}
		close(hang)
		b.set(nil, nil)
		put(t, o, Alert, 1, 2, 2, 100)
		wantKeys(t, "alerts", keys(t, o, Alert, 0, 100), span(Alert, 1, 1, 2))
		if o.Stats().Volatile {
			t.Error("still volatile")
		}
		if err := o.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	o, err := Open(dir, Opts{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, Opts{}); !errors.Is(err, ErrLocked) {
		t.Errorf("a second agent: %v", err)
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	if o, err = Open(dir, Opts{}); err != nil {
		t.Fatalf("after Close: %v", err)
	}
	put(t, o, Alert, 1, 1, 1, 10)
	o.Close()
	if _, err := Open(dir, Opts{MaxBytes: 1 << 20}); err == nil || !strings.Contains(err.Error(), "too small") {
		t.Errorf("1 MiB: %v", err)
	}
	plain := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(plain, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(plain, Opts{}); err == nil || !strings.Contains(err.Error(), plain) {
		t.Errorf("a file for a folder: %v", err)
	}
	// A later format is refused, not eaten.
	name := filepath.Join(dir, segmentName("alerts", 1))
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	head := appendFrame(nil, 1, 0, frame{kind: kindSegment, a: 1, b: formatVersion + 1, payload: []byte("osmanthus outbox")})
	if _, err := f.WriteAt(head, 0); err != nil {
		t.Fatal(err)
	}
	f.Close()
	if _, err := Open(dir, Opts{}); !errors.Is(err, errNewer) {
		t.Errorf("a later format: %v", err)
	}
}

func TestAFolderThatCannotBeWrittenIsRefused(t *testing.T) {
	if os.Geteuid() == 0 {
		// Root writes everywhere but on a file system that is mounted so.
		if _, err := Open("/proc/osmanthus-outbox", Opts{}); err == nil {
			t.Error("opened in /proc")
		}
		return
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(filepath.Join(dir, "box"), Opts{}); !errors.Is(err, os.ErrPermission) {
		t.Errorf("read-only folder: %v", err)
	}
}

func TestAlertsOnADiskThatCannotBeWrittenAreRescued(t *testing.T) {
	dir := t.TempDir()
	o, err := Open(dir, Opts{})
	if err != nil {
		t.Fatal(err)
	}
	put(t, o, Alert, 1, 1, 9, 100)
	put(t, o, Telemetry, 1, 1, 9, 100)
	o.Alerts().Ack(1, 1, 4)
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{lockName, segmentName(telemetryPrefix, 1)} { // what is not needed may be broken
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if o, err = Rescue(dir, Opts{MaxBytes: 1 << 40}); err != nil {
		t.Fatal(err)
	}
	put(t, o, Alert, 2, 1, 2, 100)
	wantKeys(t, "alerts", keys(t, o, Alert, 0, 100), span(Alert, 1, 5, 9), span(Alert, 2, 1, 2))
	put(t, o, Telemetry, 2, 1, 200, 100<<10)
	commit(t, o)
	if used := o.Stats().DiskBytes; used > maxMemory {
		t.Errorf("%d bytes of memory", used)
	}
	if o, err = Rescue(filepath.Join(dir, "nowhere"), Opts{}); err != nil {
		t.Fatal(err)
	}
	put(t, o, Alert, 2, 1, 2, 100)
}

func TestReadingWithAnErrorIsTriedAgain(t *testing.T) {
	b := &flaky{memFiles: newMemFiles()}
	o, err := open(b, Opts{})
	if err != nil {
		t.Fatal(err)
	}
	put(t, o, Telemetry, 1, 1, 2, 100)
	commit(t, o)
	b.fail = true
	if got := keys(t, o, Telemetry, 0, 100); len(got) != 0 {
		t.Errorf("%v from a disk that cannot be read", got)
	}
	b.fail = false
	wantKeys(t, "telemetry", keys(t, o, Telemetry, 0, 100), span(Telemetry, 1, 1, 2))
	if d := o.Dropped(); len(d) != 0 || o.Stats().DiskErrors == 0 {
		t.Errorf("dropped %v, %+v", d, o.Stats())
	}
}

// flaky is a disk that fails to read at times.
type flaky struct {
	*memFiles
	fail bool
}

func (f *flaky) create(name string, size int) (file, error) {
	m, err := f.memFiles.create(name, size)
	return flakyFile{m, f}, err
}

type flakyFile struct {
	file
	f *flaky
}

func (f flakyFile) ReadAt(p []byte, off int64) (int, error) {
	if f.f.fail {
		return 0, io.ErrUnexpectedEOF
	}
	return f.file.ReadAt(p, off)
}

// A card loses a sector before it loses all of them: what stands elsewhere is
// delivered, and what comes is stored.
func TestOneSegmentThatCannotBeReadCostsNoOther(t *testing.T) {
	for _, summary := range []bool{true, false} {
		m := newMemFiles()
		o, err := open(m, Opts{segment: minSegment})
		if err != nil {
			t.Fatal(err)
		}
		put(t, o, Alert, 1, 1, 3, 100)
		for from := uint64(1); from <= 51; from += 10 { // some six segments
			put(t, o, Telemetry, 1, from, from+9, 50<<10)
			commit(t, o)
		}
		if err := o.Close(); err != nil {
			t.Fatal(err)
		}
		b := &badSector{m, segmentName(telemetryPrefix, 2), summary}
		if o, err = open(b, Opts{segment: minSegment}); err != nil {
			t.Fatalf("one bad sector: %v", err)
		}
		put(t, o, Alert, 2, 1, 1, 100)
		put(t, o, Telemetry, 2, 1, 1, 50<<10)
		commit(t, o)
		wantKeys(t, "alerts", keys(t, o, Alert, 0, 100), span(Alert, 1, 1, 3), span(Alert, 2, 1, 1))
		got := keys(t, o, Telemetry, 0, 50<<10)
		if n := len(got); n < 45 || got[n-1] != (Key{Telemetry, 2, 1}) || got[0] != (Key{Telemetry, 1, 1}) {
			t.Errorf("%d records are left: %v", n, got)
		}
		if o.Stats().DiskErrors == 0 {
			t.Error("nobody is told")
		}
		if lost := o.Dropped(); !summary && len(lost) != 1 {
			t.Errorf("lost %v, want the records of one segment", lost)
		}
	}
}

// badSector is a disk on which one file cannot be read, or only its first page.
type badSector struct {
	*memFiles
	name    string
	summary bool
}

func (b *badSector) open(name string) (file, error) {
	f, err := b.memFiles.open(name)
	if name == b.name {
		f = badFile{f, b.summary}
	}
	return f, err
}

type badFile struct {
	file
	summary bool
}

func (f badFile) ReadAt(p []byte, off int64) (int, error) {
	if f.summary && off+int64(len(p)) <= pageSize {
		return f.file.ReadAt(p, off)
	}
	return 0, syscall.EIO
}
