package eval

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"time"
)

// smallCore is how many times slower than a core of the machine that measures
// a core of a Pi Zero 2 is taken to be.
const smallCore = 12

// Capacity prints what watching costs here: per kind of source, for a ward of
// 20 beds, and how many residents a core carries. It measures, so it is not
// the same each time, and is no part of the report.
func Capacity(w io.Writer) error {
	fmt.Fprintf(w, "## Capacity\n\nMeasured on one core of this machine (%s/%s); a core of a Pi Zero 2 counts as 1/%d of it.\n\n", runtime.GOOS, runtime.GOARCH, smallCore)
	t := NewTable("kind of source", "what it sends", "here, µs for a second of it", "share of a Pi Zero 2 core, %", "memory, KiB")
	for _, l := range loads() {
		cost, err := costOf(1, []load{l})
		if err != nil {
			return err
		}
		size, err := memoryOf([]load{l})
		if err != nil {
			return err
		}
		if cost == 0 {
			continue // of a version to come
		}
		t.Row(l.kind, l.what, fmt.Sprintf("%.1f", cost*1e6), fmt.Sprintf("%.3f", cost*smallCore*100), fmt.Sprintf("%.0f", size/1024))
	}
	fmt.Fprintln(w, t.String())
	cost, err := costOf(20, wardLoads())
	if err != nil {
		return err
	}
	size, err := memoryOf(residentLoads())
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "A ward of 20 beds (20 wrists at 50 Hz with gyroscope, 20 bed channels at 100 Hz, 20 PPG at 100 Hz with acceleration) takes %.2f %% of a core here and %.1f %% of a core of a Pi Zero 2.\n\n", cost*100, cost*100*smallCore)
	fmt.Fprintf(w, "Residents per core with these three sources each: %.0f here, %.0f on a Pi Zero 2.\n\n", 20/cost, 20/cost/smallCore)
	all, err := memoryOf(loads())
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "Memory of one resident with a source of every kind above, but one place worn and one bed sensor: %.0f KiB; with all of them at once: %.0f KiB.\n", size/1024, all/1024)
	return nil
}

// wardLoads are the three sources of each bed of the ward that the
// requirement names.
func wardLoads() []load {
	var chosen []load
	for _, l := range loads() {
		switch l.kind {
		case "imu-wrist", "ppg", "bed-pad":
			chosen = append(chosen, l)
		}
	}
	return chosen
}

// residentLoads are the sources of somebody who has one of every kind, but
// wears acceleration at one place and has one sensor in the bed: of the places
// and beds the one that takes most. What watches a home is nobody's.
func residentLoads() []load {
	return slices.DeleteFunc(loads(), func(l load) bool {
		return slices.Contains([]string{"imu-waist", "bed-imu", "breathing", "bed-matrix", "radio", "hazard", "water-meter", "mains"}, l.kind)
	})
}

// costOf is how many seconds one core needs for a second of some residents:
// the least of several measurements of two minutes, since whatever else runs
// here only adds.
func costOf(residents int, each []load) (float64, error) {
	w, err := newWard(residents, each)
	if err != nil || len(w.sources) == 0 {
		return 0, err
	}
	const length = 120
	best := 0.0
	for i := range 6 {
		began := time.Now()
		for range length {
			w.play()
		}
		if took := time.Since(began).Seconds() / length; i > 0 && (best == 0 || took < best) {
			best = took // the first warms up
		}
	}
	return best, nil
}

// memoryOf is how many bytes the detectors of one more resident keep after ten
// minutes: what all residents share, such as models, is left out.
func memoryOf(each []load) (float64, error) {
	const few, more = 2, 8
	var sizes [2]float64
	for i, residents := range []int{few, more} {
		before := heap()
		w, err := newWard(residents, each)
		if err != nil {
			return 0, err
		}
		for range 600 {
			w.play()
		}
		sizes[i] = heap() - before
		runtime.KeepAlive(w)
	}
	return max(0, (sizes[1]-sizes[0])/(more-few)), nil
}

func heap() float64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}
