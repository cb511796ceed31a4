package sense

import (
	"errors"
	"math"
	"testing"
)

// The picture of a person in the left column, warmer towards the floor.
func leaning(width, height int) []float64 {
	pixels := make([]float64, width*height)
	for i := range pixels {
		if pixels[i] = 20; i%width < width/4 {
			pixels[i] += float64(i / width * 4 / height)
		}
	}
	return pixels
}

func TestAPictureIsAveragedDownToFourByFour(t *testing.T) {
	upright := [16]float64{20, 20, 20, 20, 21, 20, 20, 20, 22, 20, 20, 20, 23, 20, 20, 20}
	for _, size := range [][2]int{{4, 4}, {8, 8}, {32, 24}} {
		for turned, want := range map[int][16]float64{
			0:   upright,
			90:  {23, 22, 21, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20},
			180: {20, 20, 20, 23, 20, 20, 20, 22, 20, 20, 20, 21, 20, 20, 20, 20},
			270: {20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 21, 22, 23},
		} {
			var got [16]float64
			shrink(&got, leaning(size[0], size[1]), size[0], turned)
			for i := range want {
				if math.Abs(got[i]-want[i]) > 1e-9 {
					t.Fatalf("%d×%d turned by %d: %v, want %v", size[0], size[1], turned, got, want)
				}
			}
		}
	}
}

func TestACellIsTheMeanOfItsPixels(t *testing.T) {
	pixels := make([]float64, 64)
	pixels[0], pixels[1], pixels[8], pixels[9] = 20, 22, 24, math.NaN()
	for _, i := range []int{54, 55, 62, 63} {
		pixels[i] = math.NaN()
	}
	var got [16]float64
	shrink(&got, pixels, 8, 0)
	if got[0] != 22 || !math.IsNaN(got[15]) {
		t.Errorf("%v", got)
	}
}

// One cell is a sixteenth of the room, and somebody may lie there.
func TestAPictureWithAHoleIsAFault(t *testing.T) {
	pixels := leaning(8, 8)
	for _, i := range []int{54, 55, 62, 63} {
		pixels[i] = math.NaN()
	}
	r := &heatReader{width: 8, look: func(*emitter) ([]float64, error) { return pixels, nil }}
	if err := r.read(t.Context(), nil); !errors.Is(err, errHole) {
		t.Errorf("%v", err)
	}
}

func BenchmarkShrink(b *testing.B) {
	pixels := leaning(32, 24)
	var cells [16]float64
	b.ReportAllocs()
	for b.Loop() {
		shrink(&cells, pixels, 32, 180)
	}
}
