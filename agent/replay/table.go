package replay

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

const (
	lineLimit = 64 << 10 // bytes of one line
	peekRows  = 2000     // rows from which the rate is told
)

// table reads a CSV file with a header line, or a Recording, row by row.
type table struct {
	scan   *bufio.Scanner
	memory *Recording // instead of scan
	header []string
	comma  string // between cells
	line   int
}

// row is one line of the file, or of the recording.
type row struct {
	line   int
	cells  []string
	memory *Recording // instead of cells
	err    error      // what is wrong with it

	// From the clock:
	seconds float64 // its time
	timed   bool    // it has one of its own
	back    error   // that it lies before the row before it
}

// newTable reads the header line. Cells stand between commas, or where the header
// has none between semicolons or tabs.
func newTable(r io.Reader) (*table, error) {
	head := bufio.NewReader(r)
	if first, _ := head.Peek(4); len(first) > 0 {
		if err := readable(first); err != nil {
			return nil, err
		}
	}
	t := &table{scan: bufio.NewScanner(head), comma: ","}
	t.scan.Buffer(make([]byte, 0, 4096), lineLimit)
	text := ""
	for strings.TrimSpace(text) == "" {
		if !t.scan.Scan() {
			if err := t.scan.Err(); err != nil {
				return nil, fmt.Errorf("line %d: %w", t.line+1, err)
			}
			return nil, fmt.Errorf("line %d: there is no header line", max(t.line, 1))
		}
		t.line++
		text = strings.TrimPrefix(t.scan.Text(), "\ufeff")
	}
	for _, other := range []string{";", "\t"} {
		if !strings.Contains(text, ",") && strings.Contains(text, other) {
			t.comma = other
		}
	}
	t.header = split(text, t.comma)
	for i, h := range t.header {
		t.header[i] = strings.ToLower(h)
	}
	return t, nil
}

// readable says what a file is that begins as no CSV file does.
func readable(first []byte) error {
	for begin, what := range map[string]string{"\x1f\x8b": "gzip: unpack it first", "PK\x03\x04": "a zip archive or a spreadsheet: unpack it, or save it as CSV",
		"\xff\xfe": "UTF-16: save it as UTF-8", "\xfe\xff": "UTF-16: save it as UTF-8"} {
		if strings.HasPrefix(string(first), begin) {
			return fmt.Errorf("this is no CSV file but %s", what)
		}
	}
	if strings.ContainsRune(string(first), 0) {
		return errors.New("this is no CSV file of UTF-8: it begins with bytes that are no text")
	}
	return nil
}

func split(line, comma string) []string {
	cells := strings.Split(line, comma)
	for i, c := range cells {
		cells[i] = strings.Trim(strings.TrimSpace(c), `"`)
	}
	return cells
}

// lacks says that a column is missing, and what there is instead.
func (t *table) lacks(name string) error {
	const most = 20 // columns that are shown
	have := t.header[:min(len(t.header), most)]
	return fmt.Errorf("line %d: column %q is missing; the header has %q", t.line, name, have)
}

// column returns where a column is, -1 where there is none.
func (t *table) column(name string) int { return slices.Index(t.header, name) }

// next returns the next row that is not empty, and io.EOF after the last.
func (t *table) next() (row, error) {
	if t.memory != nil {
		if t.line++; t.line-1 > t.memory.Len() {
			return row{}, io.EOF
		}
		return row{line: t.line, memory: t.memory}, nil
	}
	for t.scan.Scan() {
		t.line++
		text := t.scan.Text()
		if strings.TrimSpace(text) == "" {
			continue
		}
		r := row{line: t.line, cells: split(text, t.comma)}
		if len(r.cells) != len(t.header) {
			r.err = fmt.Errorf("%d cells under a header of %d", len(r.cells), len(t.header))
		}
		return r, nil
	}
	if err := t.scan.Err(); err != nil {
		return row{}, fmt.Errorf("line %d: %w", t.line+1, err)
	}
	return row{}, io.EOF
}

// number reads cell i of a row.
func (r *row) number(i int, name string) float64 {
	if r.err != nil {
		return math.NaN()
	}
	if r.memory != nil {
		return r.memory.Columns[i].Values[r.line-2]
	}
	v, err := strconv.ParseFloat(r.cells[i], 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		r.err = fmt.Errorf("column %s: %q is no number", name, r.cells[i])
		return math.NaN()
	}
	return v
}

// text reads cell i of a row that has no error as a word.
func (r *row) text(i int) string {
	if r.memory != nil {
		return r.memory.Columns[i].Texts[r.line-2]
	}
	return r.cells[i]
}

// rateOf tells the rate from times in seconds: how many steps there are in the
// time that they take, leaving out gaps. It is 0 where that cannot be told.
func rateOf(times []float64) float64 {
	var steps, seconds float64
	for i := 1; i < len(times); i++ {
		if d := times[i] - times[i-1]; d >= 0 && d <= gapLimit {
			steps++
			seconds += d
		}
	}
	if steps < 2 || !(seconds > 0) {
		return 0
	}
	return wholly(steps / seconds)
}

const (
	burstRate = 250.0 // samples a second: no wearable measures faster for a while, and rests then
	burstRows = 5     // rows of a burst, at least
	burstMost = 10.0  // s from one burst to the next, at most
)

// burstsOf tells the rate from times at which rows came in bursts, as a radio
// brings them: many at once, or nearly so, and then none for more than gapLimit.
// It is 0 where they did not.
func burstsOf(times []float64) float64 {
	var begin []int // of each burst
	var inside, steps float64
	for i := range times {
		if i == 0 || times[i]-times[i-1] > gapLimit {
			begin = append(begin, i)
			continue
		}
		inside += times[i] - times[i-1]
		steps++
	}
	if len(begin) < 4 || len(times) < burstRows*len(begin) {
		return 0
	}
	apart := make([]float64, len(begin)-1)
	for i := range apart {
		apart[i] = times[begin[i+1]] - times[begin[i]]
	}
	usual := slices.Sorted(slices.Values(apart))[len(apart)/2]
	var rows, seconds float64 // of whole bursts
	for i := 1; i < len(apart); i++ {
		if apart[i] < 1.5*usual { // else something is missing
			rows, seconds = rows+float64(begin[i+1]-begin[i]), seconds+apart[i]
		}
	}
	rate := rows / seconds
	if !(usual <= burstMost && rate <= burstRate) || steps < max(burstRate, 2*rate)*inside {
		return 0
	}
	return wholly(rate)
}

// wholly is a rate that is nearly a whole number as that number.
func wholly(rate float64) float64 {
	if whole := math.Round(rate); whole > 0 && math.Abs(rate-whole) < 0.01*whole {
		return whole
	}
	return rate
}
