package detect

import (
	"math"
	"testing"

	"osmanthus/care"
)

// Cells of a mattress, in counts, about as the recordings show them.
var (
	emptyCells = [matrixCells]float64{442, 440, 438, 384, 476, 399, 349, 429, 227, 352, 226, 445, 422, 285, 366, 457}
	backCells  = [matrixCells]float64{469, 525, 499, 510, 523, 425, 464, 506, 464, 441, 510, 508, 448, 508, 467, 508}
	leftCells  = [matrixCells]float64{344, 513, 322, 521, 527, 451, 450, 286, 482, 466, 508, 500, 242, 511, 359, 487}
	brokenCell = [matrixCells]float64{math.NaN()}
)

// cells plays rows of cells.
func (h *home) cells(rate, from, to float64, cells [matrixCells]float64) {
	for n := 0; from+float64(n)/rate < to; n++ {
		at := from + float64(n)/rate
		b := care.Block{Source: "s-1", Resident: "r-1", Kind: care.BedMatrix, Rate: rate, Start: after(at), Channels: make([][]float64, matrixCells)}
		for k := range b.Channels {
			b.Channels[k] = []float64{cells[k] + 3*hum(n+k)}
		}
		h.take(h.engine.Block(&b))
		h.take(h.engine.Tick(after(at)))
	}
}

func TestMatrixEveryStateAndEvent(t *testing.T) {
	const nobody, in, out = -1, 1, 0
	type state struct{ occupied, posture int }
	unknown, empty := state{nobody, nobody}, state{out, care.PostureUnknown}
	back, left := state{in, care.PostureBack}, state{in, care.PostureLeft}
	cells := map[state][matrixCells]float64{empty: emptyCells, back: backCells, left: leftCells}
	for _, c := range []struct {
		name    string
		from    state
		cells   [matrixCells]float64
		seconds float64
		to      state
	}{
		{"unknown, one row", unknown, backCells, 1, unknown},
		{"unknown, two rows of nobody", unknown, emptyCells, 2, empty},
		{"unknown, somebody lies", unknown, backCells, 3, back},
		{"unknown, broken", unknown, brokenCell, 9, unknown},
		{"empty, one row of somebody", empty, backCells, 1, empty},
		{"empty, somebody lies down", empty, backCells, 3, back},
		{"empty, broken", empty, brokenCell, 9, empty},
		{"back, one row of nobody", back, emptyCells, 1, back},
		{"back, leaves", back, emptyCells, 2, empty},
		{"back, turns for two seconds", back, leftCells, 2, back},
		{"back, turns", back, leftCells, 5, left},
		{"back, broken", back, brokenCell, 9, back},
		{"left, leaves", left, emptyCells, 2, empty},
		{"left, turns", left, backCells, 5, back},
	} {
		h := newHome(t, Source{Kind: BedMatrix, Class: Unsupervised}, Plan{})
		if c.from != unknown {
			h.cells(1, 0, 10, cells[c.from])
		}
		h.cells(1, 10, 10+c.seconds, c.cells)
		d := h.engine.watches[0].derive.(*matrix)
		got := unknown
		if d.occupied.known {
			got.occupied = d.occupied.value
		}
		if d.posture.known {
			got.posture = d.posture.value
		}
		if got != c.to {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.to)
		}
	}
}

func TestAMattressThatIsLeftIsToldWithin3s(t *testing.T) {
	for _, rate := range []float64{1, 2, 5, 10} {
		h := newHome(t, Source{Kind: BedMatrix, Class: Unsupervised}, Plan{})
		h.cells(rate, 0, 20, emptyCells)
		h.cells(rate, 20, 300, backCells)
		h.cells(rate, 300, 320, emptyCells)
		h.want("bed_exit:confirmed:medium")
		if s := h.alerts[0].At.Sub(after(300)).Seconds(); s < 0 || s > 3 {
			t.Errorf("%v rows a second: told after %.1f s", rate, s)
		}
	}
}

// On change, and every 30 s; nobody lies in any way on an empty mattress.
func TestAMattressSaysEveryPostureAndAgain(t *testing.T) {
	h := newHome(t, Source{Kind: BedMatrix, Class: Unsupervised}, Plan{})
	from := 0.0
	for _, c := range []struct {
		cells    [matrixCells]float64
		in, lies float64
		again    int // within 100 s
	}{{backCells, 1, care.PostureBack, 3}, {leftCells, 1, care.PostureLeft, 3}, {emptyCells, 0, care.PostureUnknown, 0}} {
		h.values = nil
		h.cells(2, from, from+100, c.cells)
		from += 100
		in, lies := 0, 0
		for _, r := range h.values {
			switch settled := r.At.After(after(from - 95)); {
			case !settled:
			case r.Metric == care.BedOccupancy:
				if in++; r.Value != c.in {
					t.Errorf("in the bed is %v, want %v", r.Value, c.in)
				}
			case r.Metric == care.BedPosture:
				if lies++; r.Value != c.lies {
					t.Errorf("lies in posture %v, want %v", r.Value, c.lies)
				}
			}
		}
		if in < 3 || lies != c.again {
			t.Errorf("in posture %v the bed was said %d times, the posture %d times", c.lies, in, lies)
		}
	}
}

func FuzzMatrix(f *testing.F) {
	f.Add([]byte("somebody lies on a mattress of sixteen cells, and turns, and leaves it again in the night"))
	f.Add([]byte{0, 255, 1, 254, 128, 7, 9, 11, 200, 201, 202, 203, 204, 205, 206, 207, 208})
	f.Fuzz(func(t *testing.T, b []byte) {
		h := newHome(t, Source{Kind: BedMatrix, Class: Unsupervised}, Plan{})
		at := 0.0
		for ; len(b) > matrixCells; b = b[matrixCells+1:] {
			block := care.Block{Source: "s-1", Resident: "r-1", Kind: care.BedMatrix, Rate: 1, Start: after(at), Channels: make([][]float64, matrixCells)}
			for k := range block.Channels {
				v := float64(b[k]) * 4
				switch b[k] {
				case 255:
					v = math.NaN()
				case 254:
					v = math.Inf(-1)
				}
				block.Channels[k] = []float64{v}
			}
			at += float64(b[matrixCells])/8 - 4
			h.take(h.engine.Block(&block))
			h.take(h.engine.Tick(after(at)))
		}
		for _, r := range h.values {
			if r.Flags&care.OutOfRange != 0 || r.Quality > 100 {
				t.Fatalf("%+v", r)
			}
		}
	})
}

func BenchmarkMatrix(b *testing.B) {
	h := newHome(b, Source{Kind: BedMatrix, Class: Unsupervised}, Plan{})
	block := care.Block{Source: "s-1", Resident: "r-1", Kind: care.BedMatrix, Rate: 1, Channels: make([][]float64, matrixCells)}
	for k := range block.Channels {
		block.Channels[k] = []float64{backCells[k]}
	}
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		block.Channels[0][0] = backCells[0] + float64(n%7)
		block.Start = after(float64(n))
		h.engine.Block(&block)
		h.engine.Tick(after(float64(n)))
	}
}

func BenchmarkBed(b *testing.B) {
	d := newBed(Plan{Beds: []BedPolicy{{Resident: "r-1", Edge: true, Turn: 1}}}, Source{ID: "s-1", Resident: "r-1", Kind: BedPad})
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		at := after(float64(n))
		d.Reading(care.NewReading("r-1", "s-1", care.BedOccupancy, 1, 100, at))
		d.Reading(care.NewReading("r-1", "s-1", care.BedPosture, care.PostureBack, 100, at))
		d.Tick(at)
	}
}
