package outbox

import (
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"
)

// journal is a disk that remembers in which order it was told what, so that a
// test can ask what is left of it after a power cut at any moment.
type journal struct {
	mu    sync.Mutex
	steps []step
	now   map[string]*inode
}

type inode struct {
	size int
	data []byte
}

type step struct {
	kind string // create, write, sync, rename, remove, syncDir
	ino  *inode
	name string
	to   string
	off  int
	data []byte
}

func newJournal() *journal { return &journal{now: map[string]*inode{}} }

func (j *journal) do(s step) { j.steps = append(j.steps, s) }

func (j *journal) len() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return len(j.steps)
}

func (j *journal) list() ([]string, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Sorted(maps.Keys(j.now)), nil
}

func (j *journal) open(name string) (file, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	i, ok := j.now[name]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return journalFile{j, i}, nil
}

func (j *journal) create(name string, size int) (file, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	i := &inode{size: size, data: make([]byte, size)}
	j.now[name] = i
	j.do(step{kind: "create", ino: i, name: name})
	return journalFile{j, i}, nil
}

func (j *journal) rename(from, to string) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.now[to] = j.now[from]
	delete(j.now, from)
	j.do(step{kind: "rename", name: from, to: to})
	return nil
}

func (j *journal) remove(name string) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	delete(j.now, name)
	j.do(step{kind: "remove", name: name})
	return nil
}

func (j *journal) syncDir() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.do(step{kind: "syncDir"})
	return nil
}

func (j *journal) close() error { return nil }

type journalFile struct {
	j *journal
	i *inode
}

func (f journalFile) ReadAt(p []byte, off int64) (int, error) {
	f.j.mu.Lock()
	defer f.j.mu.Unlock()
	return (&memFile{data: f.i.data}).ReadAt(p, off)
}

func (f journalFile) WriteAt(p []byte, off int64) (int, error) {
	f.j.mu.Lock()
	defer f.j.mu.Unlock()
	f.j.do(step{kind: "write", ino: f.i, off: int(off), data: slices.Clone(p)})
	return copy(f.i.data[off:], p), nil
}

func (f journalFile) sync() error {
	f.j.mu.Lock()
	defer f.j.mu.Unlock()
	f.j.do(step{kind: "sync", ino: f.i})
	return nil
}

func (f journalFile) size() (int, error) { return f.i.size, nil }
func (f journalFile) Close() error       { return nil }

// cut returns the disk after a power cut: steps are done, of the next one, if
// it writes, the first bytes. What was not synced is there (0), is not (1), or
// is there in some sectors of 512 bytes and some renames (2).
func (j *journal) cut(steps, bytes, fate int, rng *rand.Rand) *memFiles {
	data := map[*inode][]byte{}
	unsynced := map[*inode][]step{}
	names := map[string]*inode{}
	var moves []step
	flush := func(s step) { copy(data[s.ino][s.off:], s.data) }
	move := func(s step) {
		if s.kind == "rename" && names[s.name] != nil {
			names[s.to] = names[s.name]
		}
		delete(names, s.name)
	}
	done := j.steps[:steps]
	if steps < len(j.steps) && j.steps[steps].kind == "write" {
		torn := j.steps[steps]
		torn.data = torn.data[:min(bytes, len(torn.data))]
		done = append(slices.Clone(done), torn)
	}
	for _, s := range done {
		switch s.kind {
		case "create":
			data[s.ino] = make([]byte, s.ino.size)
			names[s.name] = s.ino
		case "write":
			unsynced[s.ino] = append(unsynced[s.ino], s)
		case "sync":
			for _, w := range unsynced[s.ino] {
				flush(w)
			}
			delete(unsynced, s.ino)
		case "rename", "remove":
			moves = append(moves, s)
			if fate == 0 {
				move(s)
			}
		case "syncDir":
			if fate != 0 {
				for _, m := range moves {
					move(m)
				}
			}
			moves = nil
		}
	}
	switch fate {
	case 0:
		for _, ws := range unsynced {
			for _, w := range ws {
				flush(w)
			}
		}
	case 2:
		for _, m := range moves[:rng.IntN(len(moves)+1)] {
			move(m)
		}
		for _, ino := range slices.SortedFunc(maps.Keys(unsynced), func(a, b *inode) int { return unsynced[a][0].off - unsynced[b][0].off }) {
			for _, w := range unsynced[ino] {
				for off := w.off; off < w.off+len(w.data); {
					end := min((off/512+1)*512, w.off+len(w.data))
					if rng.IntN(2) == 0 {
						copy(data[ino][off:end], w.data[off-w.off:end-w.off])
					}
					off = end
				}
			}
		}
	}
	out := newMemFiles()
	for name, ino := range names {
		out.files[name] = &memFile{data: slices.Clone(data[ino])}
	}
	return out
}

// deed is what the outbox promised, and after which step of the disk.
type deed struct {
	step int
	key  Key
}

// story is a day in the life of an outbox.
type story struct {
	disk      *journal
	begun     []deed // handed to Put
	durable   []deed // an alert whose Put returned, telemetry whose Commit returned
	forgotten []deed // acknowledged
	sizes     map[Key]int
	out       *Outbox
}

var small = Opts{MaxBytes: minBytes, segment: 16 << 10}

func tell(t testing.TB, seed uint64, turns int) *story {
	t.Helper()
	s := &story{disk: newJournal(), sizes: map[Key]int{}}
	rng := rand.New(rand.NewPCG(seed, 1))
	var err error
	if s.out, err = open(s.disk, small); err != nil {
		t.Fatal(err)
	}
	boot := uint64(100)
	next := map[Class]uint64{}
	var pending []Key
	add := func(c Class, size int) {
		next[c]++
		k := Key{c, boot, next[c]}
		s.sizes[k] = size
		s.begun = append(s.begun, deed{s.disk.len(), k})
		if err := s.out.Put(k, payload(k, size)); err != nil {
			t.Fatal(err)
		}
		if c == Alert {
			s.durable = append(s.durable, deed{s.disk.len(), k})
		} else {
			pending = append(pending, k)
		}
	}
	for turn := range turns {
		for range 1 + rng.IntN(2) {
			add(Telemetry, 100+rng.IntN(2000))
		}
		if rng.IntN(4) == 0 {
			add(Alert, 50+rng.IntN(400))
		}
		if err := s.out.Commit(); err != nil {
			t.Fatal(err)
		}
		for _, k := range pending {
			s.durable = append(s.durable, deed{s.disk.len(), k})
		}
		pending = nil
		if n := next[Telemetry]; turn%7 == 6 && n > 20 {
			from, to := 1+rng.Uint64N(n), n-rng.Uint64N(10)
			for seq := from; seq <= to; seq++ {
				s.forgotten = append(s.forgotten, deed{s.disk.len(), Key{Telemetry, boot, seq}})
			}
			s.out.Telemetry().Ack(boot, from, to)
		}
		if n := next[Alert]; turn%11 == 10 && n > 2 {
			seq := 1 + rng.Uint64N(n)
			s.forgotten = append(s.forgotten, deed{s.disk.len(), Key{Alert, boot, seq}})
			s.out.Alerts().Ack(boot, seq, seq)
		}
		if turn%40 == 39 { // the agent starts again
			if err := s.out.Close(); err != nil {
				t.Fatal(err)
			}
			if s.out, err = open(s.disk, small); err != nil {
				t.Fatal(err)
			}
			boot, next = boot+1, map[Class]uint64{}
		}
	}
	return s
}

// owed returns what must be there when the disk stops after some steps, and
// what may be there.
func (s *story) owed(steps int) (must, may map[Key]bool) {
	must, may = map[Key]bool{}, map[Key]bool{}
	for _, d := range s.begun {
		if d.step <= steps {
			may[d.key] = true
		}
	}
	for _, d := range s.durable {
		if d.step <= steps {
			must[d.key] = true
		}
	}
	for _, d := range s.forgotten {
		if d.step <= steps {
			delete(must, d.key)
		}
	}
	return must, may
}

// everything returns what an outbox gives, checked byte for byte.
func (s *story) everything(t testing.TB, what string, o *Outbox) map[Key]bool {
	t.Helper()
	got := map[Key]bool{}
	for _, c := range []Class{Alert, Telemetry} {
		for from := uint64(0); ; {
			pos, boot, seq, b, ok := o.lane(c).Next(from)
			if !ok {
				break
			}
			k := Key{c, boot, seq}
			if string(b) != string(payload(k, s.sizes[k])) {
				t.Fatalf("%s: %+v came back as other bytes", what, k)
			}
			got[k] = true
			from = pos + 1
		}
	}
	return got
}

func TestF2_APowerCutAtAnyByteLosesNothingThatWasPromised(t *testing.T) {
	s := tell(t, 1, 160)
	rng := rand.New(rand.NewPCG(2, 2))
	points, slowest := 0, time.Duration(0)
	for steps := 1; steps <= len(s.disk.steps); steps++ {
		offsets := []int{0}
		if steps < len(s.disk.steps) && s.disk.steps[steps].kind == "write" {
			n := len(s.disk.steps[steps].data)
			offsets = append(offsets, 1, n-1, rng.IntN(n), rng.IntN(n))
		}
		if testing.Short() && steps%5 != 0 {
			continue
		}
		must, may := s.owed(steps)
		for i, bytes := range offsets {
			points++
			fate := (steps + i) % 3
			what := fmt.Sprintf("cut after step %d and %d bytes, fate %d", steps, bytes, fate)
			disk := s.disk.cut(steps, bytes, fate, rng)
			began := time.Now()
			o, err := open(disk, small)
			if err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			slowest = max(slowest, time.Since(began))
			got := s.everything(t, what, o)
			for k := range must {
				if !got[k] {
					t.Fatalf("%s: %+v is lost", what, k)
				}
			}
			for k := range got {
				if !may[k] {
					t.Fatalf("%s: %+v was never put", what, k)
				}
			}
			for _, d := range o.Dropped() {
				for seq := d.From; seq <= d.To; seq++ {
					if must[Key{Telemetry, d.Boot, seq}] {
						t.Fatalf("%s: %+v is said to be dropped", what, d)
					}
				}
			}
			if points%10 == 0 { // life goes on
				put(t, o, Alert, 999, 1, 1, 200)
				put(t, o, Telemetry, 999, 1, 3, 1400)
				commit(t, o)
				again, err := open(disk, small)
				if err != nil {
					t.Fatalf("%s: %v", what, err)
				}
				if n := len(keys(t, again, Alert, again.Alerts().End()-1, 200)); n != 1 {
					t.Fatalf("%s: the next alert is lost", what)
				}
				if st := again.Stats(); st.Telemetry < 3 {
					t.Fatalf("%s: %+v", what, st)
				}
			}
		}
	}
	t.Logf("%d power cuts, slowest opening %v", points, slowest)
	if points < 1000 && !testing.Short() {
		t.Errorf("only %d power cuts", points)
	}
}

func TestF2_FlippedBitsAndCutFilesLoseOnlyTheRecordsHit(t *testing.T) {
	s := tell(t, 3, 200)
	steps := len(s.disk.steps)
	must, may := s.owed(steps)
	rng := rand.New(rand.NewPCG(4, 4))
	for round := range 500 {
		disk := s.disk.cut(steps, 0, 0, rng)
		names := slices.Sorted(maps.Keys(disk.files))
		f := disk.files[names[rng.IntN(len(names))]]
		what := fmt.Sprintf("round %d", round)
		allowed := len(may)
		if round%4 == 3 {
			f.data = f.data[:rng.IntN(len(f.data))]
		} else {
			allowed = 1 + round%4
			for range allowed {
				f.data[rng.IntN(len(f.data))] ^= 1 << rng.IntN(8)
			}
		}
		o, err := open(disk, small)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		got := s.everything(t, what, o)
		named := map[Key]bool{}
		for _, d := range o.Dropped() {
			for seq := d.From; seq <= d.To; seq++ {
				named[Key{Telemetry, d.Boot, seq}] = true
			}
		}
		lost := 0
		for k := range must {
			if !got[k] {
				lost++
			} else if named[k] {
				t.Fatalf("%s: %+v is held and said to be dropped", what, k)
			}
		}
		if lost > allowed {
			t.Fatalf("%s: %d records lost by %d flipped bits", what, lost, allowed)
		}
		for k := range got {
			if !may[k] {
				t.Fatalf("%s: %+v was never put", what, k)
			}
		}
	}
}
