package recordings

// Place is where a device was worn.
type Place string

// The places.
const (
	Wrist Place = "wrist"
	Waist Place = "waist"
)

// Trial is one recording of one person's movement at one even rate.
type Trial struct {
	Set      string // as in "weda-fall"
	File     string // its path within the set
	Person   string // within the set
	Activity string // in the set's own words
	Place    Place
	Fall     bool // there is exactly one fall in it
	Old      bool // the person is of the set's older group
	// From and To are the seconds that hold the fall; both 0 where it is not
	// known when it was.
	From, To float64
	Rate     float64      // samples a second
	Acc      [3][]float64 // g, gravity included
	Gyro     [3][]float64 // °/s; nil where the set has none
}

// Seconds is how long the recording is.
func (t *Trial) Seconds() float64 { return float64(len(t.Acc[0])) / t.Rate }

// Channels are the channels of a care.IMU block that holds the recording:
// three of acceleration, and with gyro three more where there are some.
func (t *Trial) Channels(gyro bool) [][]float64 {
	c := [][]float64{t.Acc[0], t.Acc[1], t.Acc[2]}
	if gyro && t.Gyro[0] != nil {
		c = append(c, t.Gyro[0], t.Gyro[1], t.Gyro[2])
	}
	return c
}

const (
	gravity = 9.80665           // m/s², one g
	degrees = 57.29577951308232 // in one rad
)

// even cuts channels of one recording to the length of the shortest.
func even(sets ...*[3][]float64) {
	n := len(sets[0][0])
	for _, s := range sets {
		n = min(n, len(s[0]))
	}
	for _, s := range sets {
		for k := range s {
			s[k] = s[k][:n]
		}
	}
}
