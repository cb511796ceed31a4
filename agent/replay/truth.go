package replay

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"osmanthus/care"
)

// truth is what really happened in the files.
type truth struct {
	events []happening       // by file and time
	listed []string          // what the truth calls files, each once
	known  map[string]bool   // the same as a set
	called map[string]string // and what it calls each file that is named; "" where it lists no such file
}

// happening is a row of the truth.
type happening struct {
	file     string
	from, to float64 // NaN where the time is not known
	kind     string
}

func readTruth(name string) (*truth, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("replay: opening the truth: %w", err)
	}
	defer f.Close()
	tr, err := parseTruth(f)
	if err != nil {
		return nil, fmt.Errorf("replay: the truth %s: %w", name, err)
	}
	return tr, nil
}

// parseTruth reads file,t_start,t_end,kind. A row without a kind says that
// nothing happened in its file; one without times, that it is not known when.
// Cells at the end of a row may be left out, and the same event stand twice.
func parseTruth(r io.Reader) (*truth, error) {
	t, err := newTable(r)
	if err != nil {
		return nil, err
	}
	var col [4]int
	for i, name := range []string{"file", "t_start", "t_end", "kind"} {
		if col[i] = t.column(name); col[i] < 0 {
			return nil, t.lacks(name)
		}
	}
	tr := &truth{known: map[string]bool{}, called: map[string]string{}}
	for {
		r, err := t.next()
		if errors.Is(err, io.EOF) {
			return tr, nil
		}
		if err != nil {
			return nil, err
		}
		if n := len(r.cells); n < len(t.header) {
			r.cells, r.err = append(r.cells, make([]string, len(t.header)-n)...), nil
		}
		if err := tr.row(&r, col); err != nil {
			return nil, fmt.Errorf("line %d: %w", r.line, err)
		}
	}
}

func (tr *truth) row(r *row, col [4]int) error {
	if r.err != nil {
		return r.err
	}
	h := happening{file: r.cells[col[0]], from: math.NaN(), to: math.NaN()}
	if h.file == "" {
		if strings.Join(r.cells, "") == "" {
			return nil
		}
		return errors.New("column file is empty")
	}
	if !tr.known[h.file] {
		tr.known[h.file] = true
		tr.listed = append(tr.listed, h.file)
	}
	var err error
	if h.kind, err = kindName(r.cells[col[3]]); err != nil || h.kind == "" {
		return err
	}
	if r.cells[col[1]] != "" {
		h.from = r.number(col[1], "t_start")
		h.to = h.from
	}
	if r.cells[col[2]] != "" {
		h.to = r.number(col[2], "t_end")
	}
	if r.err != nil {
		return r.err
	}
	if math.IsNaN(h.from) {
		h.from = h.to // an end alone is a moment
	}
	if h.to < h.from {
		return fmt.Errorf("t_end %v is before t_start %v", h.to, h.from)
	}
	at, stands := slices.BinarySearchFunc(tr.events, h, earlier)
	if stands && !math.IsNaN(h.from) {
		return nil
	}
	tr.events = slices.Insert(tr.events, at, h)
	return nil
}

// earlier orders events by file, kind and time; those without a time come
// last.
func earlier(a, b happening) int {
	if c := strings.Compare(a.file, b.file); c != 0 {
		return c
	}
	if c := strings.Compare(a.kind, b.kind); c != 0 {
		return c
	}
	return compareTimes(a.from, b.from, a.to, b.to)
}

func compareTimes(pairs ...float64) int {
	for i := 0; i+1 < len(pairs); i += 2 {
		a, b := pairs[i], pairs[i+1]
		switch {
		case math.IsNaN(a) && math.IsNaN(b):
		case math.IsNaN(b) || a < b:
			return -1
		case math.IsNaN(a) || a > b:
			return 1
		}
	}
	return 0
}

// kindName is the name of a kind as alerts have it, or "" where the truth says
// that nothing happened.
func kindName(cell string) (string, error) {
	name := strings.ReplaceAll(strings.ToLower(cell), "-", "_")
	switch name {
	case "", "none":
		return "", nil
	case "apnea":
		return care.Apnoea.String(), nil
	}
	for k := care.Kind(1); k < 255; k++ {
		if k.String() == name {
			return name, nil
		}
	}
	return "", fmt.Errorf("column kind: %q is no kind of alert", cell)
}

// attach finds what the truth calls each of the files that are to be played,
// and refuses a truth that could mean two of them by one name.
func (tr *truth) attach(files []string) error {
	owner := map[string]string{}
	byEnd := map[string][]string{} // what is listed, by the last part of its path
	for _, l := range tr.listed {
		byEnd[path.Base(plain(l))] = append(byEnd[path.Base(plain(l))], l)
	}
	for _, f := range files {
		if _, known := tr.called[f]; known {
			continue
		}
		name := ""
		for _, l := range byEnd[path.Base(plain(f))] {
			if sameFile(f, l) && (name == "" || len(l) > len(name)) {
				name = l
			}
		}
		if other, taken := owner[name]; taken && name != "" && filepath.Clean(other) != filepath.Clean(f) {
			return fmt.Errorf("replay: the truth calls both %s and %s %q", other, f, name)
		}
		owner[name] = f
		tr.called[f] = name
	}
	return nil
}

// sameFile reports whether one of two paths is the end of the other, as "b/c"
// is of "/a/b/c.csv".
func sameFile(a, b string) bool {
	x, y := strings.Split(plain(a), "/"), strings.Split(plain(b), "/")
	if len(x) < len(y) {
		x, y = y, x
	}
	return slices.Equal(x[len(x)-len(y):], y)
}

func plain(name string) string {
	p := strings.TrimPrefix(path.Clean(strings.ReplaceAll(name, `\`, "/")), "/")
	for strings.HasPrefix(p, "../") {
		p = strings.TrimPrefix(p, "../")
	}
	return strings.TrimSuffix(p, ".csv")
}
