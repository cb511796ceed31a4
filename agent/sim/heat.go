package sim

import "time"

// Heat is how warm what a thermal array looks at is, in °C, at an instant and a
// place of its picture: x from 0 at the left to 1, y from 0 at the top to 1.
type Heat func(at time.Time, x, y float64) float64

// pixel is the mean of what a pixel sees, by four looks. The picture has so
// many columns and rows.
func (h Heat) pixel(at time.Time, column, row, columns, rows int) float64 {
	sum := 0.0
	for _, dy := range [...]float64{0.25, 0.75} {
		for _, dx := range [...]float64{0.25, 0.75} {
			sum += h(at, (float64(column)+dx)/float64(columns), (float64(row)+dy)/float64(rows))
		}
	}
	return sum / 4
}

// Surface is how warm the surface before an infrared thermometer is, and the
// thermometer itself, in °C.
type Surface func(at time.Time) (objectC, chipC float64)
