package demo

import "math"

// What a thermal array at breast height sees of a room from the side, in °C.
const (
	roomWarm = 22.5
	skinWarm = 7.5 // what of the room is a person is so much warmer
)

// figure is where somebody is in the picture: an ellipse, with 0 to 1 across and
// down.
type figure struct{ x, y, width, height float64 }

// figures of the postures of somebody in the middle of the room.
var figures = map[Posture]figure{
	Lying:    {0.50, 0.60, 0.34, 0.10}, // on a bed
	Sitting:  {0.50, 0.55, 0.13, 0.30},
	Standing: {0.50, 0.52, 0.10, 0.44},
	Walking:  {0.50, 0.52, 0.10, 0.44},
	Fallen:   {0.55, 0.91, 0.30, 0.08},
}

// Heat returns how warm the array before which r is sees a place of its picture
// at t: x from 0 at the left to 1, y from 0 at the top to 1.
func (r *Resident) Heat(t, x, y float64) float64 {
	now, before, since := r.Movement.at(t)
	a, b := figures[before], figures[now]
	if k := min(since/1.2, 1); k < 1 { // on the way from one posture to the next
		b = figure{mix(a.x, b.x, k), mix(a.y, b.y, k), mix(a.width, b.width, k), mix(a.height, b.height, k)}
	}
	if now == Walking {
		b.x += 0.3 * r.Movement.noise.smooth(51, t, 4)
	}
	dx, dy := (x-b.x)/b.width, (y-b.y)/b.height
	edge := 1 / (1 + math.Exp(6*(math.Hypot(dx, dy)-1)))                          // clothes and blankets have no sharp edge
	grain := 0.3 * r.Movement.noise.white(60+int(32*x)+32*int(32*y), int64(10*t)) // of the pixels themselves
	return roomWarm + skinWarm*edge + 0.2*r.Movement.noise.smooth(52, t, 1200) + grain
}

func mix(a, b, k float64) float64 { return a + (b-a)*k }
