package sim

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"sort"
	"strconv"
	"time"
)

// Recording is columns of numbers over time, to be played in place of a model.
type Recording struct {
	seconds []float64 // ascending, from the recording's own start
	columns map[string][]float64
}

// ReadRecording reads CSV with a header line. The column t is seconds; it may
// be missing if rateHz is given (0: must be there). All other columns are kept
// by their name; columns names those that must be there. Errors name the line.
func ReadRecording(r io.Reader, rateHz float64, columns ...string) (*Recording, error) {
	in := csv.NewReader(r)
	in.ReuseRecord, in.TrimLeadingSpace = true, true
	header, err := in.Read()
	if err != nil {
		return nil, fmt.Errorf("sim: reading the header line: %w", err)
	}
	header = slices.Clone(header)
	for _, c := range columns {
		if !slices.Contains(header, c) {
			return nil, fmt.Errorf("sim: the header line %q has no column %q", header, c)
		}
	}
	if sorted := slices.Sorted(slices.Values(header)); len(slices.Compact(sorted)) != len(header) {
		return nil, fmt.Errorf("sim: the header line %q names a column twice", header)
	}
	rec := &Recording{columns: make(map[string][]float64, len(header))}
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return rec, rec.finish(rateHz)
		}
		if err != nil {
			return nil, fmt.Errorf("sim: reading a recording: %w", err)
		}
		for i, field := range row {
			v, err := strconv.ParseFloat(field, 64)
			if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
				line, _ := in.FieldPos(i)
				return nil, fmt.Errorf("sim: line %d, column %q: %q is not a number", line, header[i], field)
			}
			rec.columns[header[i]] = append(rec.columns[header[i]], v)
		}
	}
}

// finish makes the time axis.
func (r *Recording) finish(rateHz float64) error {
	n := 0
	for _, c := range r.columns {
		n = len(c)
	}
	if n == 0 {
		return errors.New("sim: the recording has no rows")
	}
	t, ok := r.columns["t"]
	switch {
	case ok:
		r.seconds = t
		delete(r.columns, "t")
		for i := 1; i < n; i++ {
			if t[i] < t[i-1] {
				return fmt.Errorf("sim: row %d: time goes back from %g to %g s", i+1, t[i-1], t[i])
			}
		}
	case rateHz > 0:
		r.seconds = make([]float64, n)
		for i := range r.seconds {
			r.seconds[i] = float64(i) / rateHz
		}
	default:
		return errors.New("sim: the recording has no column t and no rate was given")
	}
	return nil
}

// Duration is the time from the first to the last row.
func (r *Recording) Duration() time.Duration {
	return time.Duration((r.seconds[len(r.seconds)-1] - r.seconds[0]) * float64(time.Second))
}

// Has reports whether the recording has a column.
func (r *Recording) Has(column string) bool { return r.columns[column] != nil }

// cursor finds rows for times since a start.
type cursor struct {
	rec   *Recording
	start time.Time
}

// at is where in the rows an instant lies: between i and i+1 by a fraction.
// Before the start it is the first row, after the end the last one.
func (c cursor) at(at time.Time) (i int, fraction float64) {
	s := c.rec.seconds
	t := s[0] + at.Sub(c.start).Seconds()
	i = sort.SearchFloat64s(s, t)
	switch {
	case i == 0:
		return 0, 0
	case i == len(s):
		return len(s) - 1, 0
	}
	return i - 1, (t - s[i-1]) / (s[i] - s[i-1])
}

func between(column []float64, i int, fraction float64) float64 {
	if fraction == 0 {
		return column[i]
	}
	return column[i]*(1-fraction) + column[i+1]*fraction
}

// IMU plays columns ax, ay, az in g and, if there, gx, gy, gz in °/s from an
// instant on, at the recording's own rate and straight lines between rows;
// before and after it the first and the last row hold.
func (r *Recording) IMU(start time.Time) IMU {
	c := cursor{r, start}
	var acc, gyro [3][]float64
	for axis, name := range [3]string{"x", "y", "z"} {
		acc[axis], gyro[axis] = r.columns["a"+name], r.columns["g"+name]
	}
	return func(at time.Time) (accelG, gyroDPS [3]float64) {
		i, f := c.at(at)
		for axis := range 3 {
			if acc[axis] != nil {
				accelG[axis] = between(acc[axis], i, f)
			}
			if gyro[axis] != nil {
				gyroDPS[axis] = between(gyro[axis], i, f)
			}
		}
		return accelG, gyroDPS
	}
}

// Volts plays one column in volts, as IMU does.
func (r *Recording) Volts(start time.Time, column string) Volts {
	c, x := cursor{r, start}, r.columns[column]
	return func(at time.Time) float64 {
		if x == nil {
			return 0
		}
		i, f := c.at(at)
		return between(x, i, f)
	}
}
