package local

import (
	"testing"
	"testing/synctest"
	"time"

	"osmanthus/care"
)

// A home without a cloud, in which everything is ended at the button for a month:
// nothing of it is kept.
func TestWithoutACloudWhatTheButtonEndsIsOver(t *testing.T) {
	for _, c := range []struct {
		name        string
		clear, hold bool
		want        int // episodes that are kept
	}{
		{"dismissed and cleared", true, true, 0},
		{"dismissed, and never cleared", false, true, 7 * 30},
		{"pressed only", true, false, 7 * 30},
	} {
		synctest.Test(t, func(t *testing.T) {
			ended := 0
			a, err := New(nil, Opts{Ended: func(list []care.Episode) { ended += len(list) }})
			if err != nil {
				t.Fatal(err)
			}
			const n = 30 * 30
			for i := range n {
				al := alert(care.BedExit, care.Medium, 0)
				al.Episode = care.Episode{1, byte(i), byte(i >> 8)}
				a.Alert(al, "room-1")
				a.Silence(time.Now())
				if c.hold {
					a.Dismiss()
				}
				if c.clear {
					al.State = care.Cleared
					a.Alert(al, "room-1")
				}
				time.Sleep(48 * time.Minute)
			}
			if p, open := a.Loudest(time.Now()); p != 0 || open > c.want {
				t.Errorf("%s: %d are kept, ringing %v", c.name, open, p)
			}
			if c.hold != (ended == n) {
				t.Errorf("%s: %d are said to be ended", c.name, ended)
			}
		})
	}
	synctest.Test(t, func(t *testing.T) { // what nobody ended rings on, and what a cloud may open again is kept
		for _, cloud := range []bool{true, false} {
			opts := Opts{Ended: func([]care.Episode) {}}
			if cloud {
				opts.Ended = nil
			}
			a, err := New(nil, opts)
			if err != nil {
				t.Fatal(err)
			}
			fall := alert(care.Fall, care.High, 1)
			a.Alert(fall, "room-1")
			a.Silence(time.Now())
			if cloud {
				a.Dismiss()
			}
			fall.State = care.Cleared
			a.Alert(fall, "room-1")
			time.Sleep(30 * 24 * time.Hour)
			a.Alert(alert(care.BedExit, care.Medium, 2), "room-1")
			a.Answer(map[care.Episode]Answer{{1}: Quiet})
			a.Answer(map[care.Episode]Answer{{1}: Raised})
			if p, open := a.Loudest(time.Now()); p != care.High || open != 2 {
				t.Errorf("with a cloud %v: %d are kept, ringing %v", cloud, open, p)
			}
		}
	})
}
