package radio

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"osmanthus/internal/wholefile"
)

const (
	bandFormat = 1
	// seenMost is how many records of a service are remembered: as many as a
	// device that hands out all of its memory may hold.
	seenMost = 4096
	clocksOf = 16 // coincidences that are kept
)

// bandState is what of a device outlives a restart: where its records were read
// up to, and how its clock went.
type bandState struct {
	Format   int                       `json:"osmanthus_band"`
	Clocks   []Coincidence             `json:"clocks,omitempty"`
	Services map[string]*serviceRecord `json:"services,omitempty"`
	// Reading is the clock by which records are being read since they were last
	// all stored: whoever reads them again gives them the same times.
	Reading *clock `json:"reading,omitempty"`
}

// serviceRecord is the resume token of one service of a device.
type serviceRecord struct {
	Begun   time.Time `json:"begun,omitzero"` // of a session of continuous monitoring
	Head    int       `json:"head"`           // number of the last record that was read with all before it, -1 for none
	Records seen      `json:"records,omitempty"`
}

// seen are the fingerprints of records, the oldest first.
type seen []uint64

// has reports whether a record was seen.
func (s seen) has(f uint64) bool { return slices.Contains(s, f) }

func (s *seen) add(f uint64) {
	if len(*s) >= seenMost {
		*s = append((*s)[:0], (*s)[len(*s)-seenMost+1:]...)
	}
	*s = append(*s, f)
}

// MarshalJSON writes them as one string.
func (s seen) MarshalJSON() ([]byte, error) {
	b := make([]byte, 0, 8*len(s))
	for _, f := range s {
		b = binary.LittleEndian.AppendUint64(b, f)
	}
	return json.Marshal(b)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (s *seen) UnmarshalJSON(data []byte) error {
	var b []byte
	if err := json.Unmarshal(data, &b); err != nil {
		return err
	}
	if len(b)%8 != 0 || len(b)/8 > seenMost {
		return fmt.Errorf("%d bytes of records", len(b))
	}
	*s = make(seen, len(b)/8)
	for i := range *s {
		(*s)[i] = binary.LittleEndian.Uint64(b[8*i:])
	}
	return nil
}

// service returns the token of a service.
func (b *bandState) service(name string) *serviceRecord {
	if b.Services == nil {
		b.Services = map[string]*serviceRecord{}
	}
	s := b.Services[name]
	if s == nil {
		s = &serviceRecord{Head: -1}
		b.Services[name] = s
	}
	return s
}

// noted adds a coincidence. Of a clock that goes as before the first and the last
// are enough.
func (b *bandState) noted(c Coincidence) {
	if n := len(b.Clocks); n >= 2 && goesOn(b.Clocks[n-2], b.Clocks[n-1]) && goesOn(b.Clocks[n-1], c) {
		b.Clocks[n-1] = c
		return
	}
	b.Clocks = append(b.Clocks, c)
	if n := len(b.Clocks); n > clocksOf {
		b.Clocks = slices.Delete(b.Clocks, 0, n-clocksOf)
	}
}

// filed returns a copy for the file: clocks as they are, and of the records only
// those that are safe.
func (b *bandState) filed(safe map[string]*serviceRecord) *bandState {
	c := *b
	c.Services = safe
	return &c
}

// copied returns a copy of the tokens.
func (b *bandState) copied() map[string]*serviceRecord {
	m := map[string]*serviceRecord{}
	for name, s := range b.Services {
		c := *s
		c.Records = slices.Clone(s.Records)
		m[name] = &c
	}
	return m
}

// parseBand reads a state.
func parseBand(data []byte) (*bandState, error) {
	b := &bandState{}
	if err := json.Unmarshal(data, b); err != nil {
		return nil, fmt.Errorf("radio: state of a band: %w", err)
	}
	if b.Format != bandFormat {
		return nil, fmt.Errorf("radio: state of a band: format %d, want %d", b.Format, bandFormat)
	}
	for name, s := range b.Services {
		if s == nil || s.Head < -1 || s.Head > 0xFFFF {
			return nil, fmt.Errorf("radio: state of a band: service %q is damaged", name)
		}
	}
	return b, nil
}

// loadBand reads the state of a band, an empty one where there is none yet.
func loadBand(file string) (*bandState, error) {
	empty := &bandState{Format: bandFormat}
	if file == "" {
		return empty, nil
	}
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return empty, nil
	}
	if err != nil {
		return empty, fmt.Errorf("radio: reading the state of a band: %w", err)
	}
	b, err := parseBand(data)
	if err != nil {
		return empty, err
	}
	return b, nil
}

// store writes the state whole: a power cut leaves the old or the new one.
func (b *bandState) store(file string) (err error) {
	if file == "" {
		return nil
	}
	data, err := json.Marshal(b)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(file), 0o700)
	}
	if err == nil {
		err = wholefile.Write(file, append(data, '\n'), 0o600)
	}
	if err != nil {
		return fmt.Errorf("radio: keeping the state of a band: %w", err)
	}
	return nil
}
