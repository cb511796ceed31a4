package care

import "time"

// Band is what a NEWS2 score calls for.
type Band uint8

// The bands of NEWS2 (Royal College of Physicians, 2017), the least urgent
// first.
const (
	LowBand       Band = iota // 0 to 4
	LowMediumBand             // one parameter alone has 3 points: urgent review by those on the ward
	MediumBand                // 5 or 6: the threshold for an urgent response
	HighBand                  // 7 and more: an emergency
)

// String returns "low", "low-medium", "medium" or "high".
func (b Band) String() string {
	switch b {
	case LowBand:
		return "low"
	case LowMediumBand:
		return "low-medium"
	case MediumBand:
		return "medium"
	case HighBand:
		return "high"
	}
	return unknown("band", uint64(b))
}

// BandOf returns the band of a total; single3 says that one parameter alone
// has 3 points.
func BandOf(total int, single3 bool) Band {
	switch {
	case total >= 7:
		return HighBand
	case total >= 5:
		return MediumBand
	case single3:
		return LowMediumBand
	}
	return LowBand
}

// Observe returns how often the chart wants somebody of this total observed, at
// the least; 0 is continuously. For a total of 1 to 4 it says 4 to 6 hours:
// this is the longer.
func (b Band) Observe(total int) time.Duration {
	switch {
	case b == HighBand:
		return 0
	case b != LowBand:
		return time.Hour
	case total > 0:
		return 6 * time.Hour
	}
	return 12 * time.Hour
}

// Respond returns within which time somebody has to have come and judged, 0
// where nobody needs to. The chart says "urgent" and "emergency"; 1 h and
// 30 min are the response clocks that this product promises.
func (b Band) Respond() time.Duration {
	switch b {
	case LowBand:
		return 0
	case HighBand:
		return 30 * time.Minute
	}
	return time.Hour
}
