package detect

import (
	"math"
	"testing"

	"osmanthus/agent/eval/recordings"
	"osmanthus/care"
)

// tally counts what a fall detector makes of recordings.
type tally struct {
	falls, found, others, kept, old, oldKept, raised int
	hours                                            float64
	slow                                             float64 // longest time from impact to confirmation, s
}

// add plays one trial: a suspicion that is not cleared counts as raised.
func (n *tally) add(r *trial, m fallModel) {
	d := newFall(Source{ID: "s-1", Resident: "r-1", Kind: IMUWrist})
	d.model = m
	var alerts []care.Alert
	size := int(r.rate / 2)
	for i := 0; i < len(r.axes[0]); i += size {
		b := care.Block{Kind: care.IMU, Rate: r.rate, Start: after(float64(i) / r.rate)}
		for _, a := range r.axes {
			b.Channels = append(b.Channels, a[i:min(i+size, len(a))])
		}
		alerts = append(alerts, d.Block(&b)...)
	}
	end := after(r.seconds())
	for i := range 8 { // as live, when a band falls silent
		alerts = append(alerts, d.Tick(end.Add(seconds(float64(i+1))))...)
	}
	episodes := map[care.Episode]bool{} // raised and not cleared
	inTime := false
	for _, a := range alerts {
		episodes[a.Episode] = a.State != care.Cleared
		if a.State == care.Confirmed {
			n.slow = max(n.slow, a.At.Sub(a.Onset).Seconds())
		}
		if s := a.Onset.Sub(start).Seconds(); a.State != care.Cleared && (r.to == 0 || s > r.from-2 && s < r.to+2) {
			inTime = true
		}
	}
	count := 0
	for _, up := range episodes {
		count += one(up)
	}
	n.hours += r.seconds() / 3600
	if r.fall {
		n.falls++
		n.found += one(count > 0 && inTime)
		n.raised += max(count-1, 0)
		return
	}
	n.raised += count
	n.others++
	n.kept += one(count == 0)
	if r.old {
		n.old++
		n.oldKept += one(count == 0)
	}
}

func (n *tally) report(t testing.TB, what string) {
	low := func(k, n int) (float64, float64) { // Wilson, 95 %
		const z = 1.96
		p, m := float64(k)/float64(n), float64(n)
		mid, half := (p+z*z/(2*m))/(1+z*z/m), z/(1+z*z/m)*math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
		return 100 * (mid - half), 100 * (mid + half)
	}
	a, b := low(n.found, n.falls)
	c, d := low(n.kept, n.others)
	t.Logf("%s: sensitivity %.1f %% (%.1f–%.1f), %d of %d falls; specificity %.1f %% (%.1f–%.1f), %d of %d recordings; %d false alarms in %.2f h of exercises; slowest confirmation %.1f s",
		what, 100*float64(n.found)/float64(n.falls), a, b, n.found, n.falls,
		100*float64(n.kept)/float64(n.others), c, d, n.kept, n.others, n.raised, n.hours, n.slow)
	if n.old > 0 {
		e, f := low(n.oldKept, n.old)
		t.Logf("%s, older people: specificity %.1f %% (%.1f–%.1f), %d of %d recordings", what, 100*float64(n.oldKept)/float64(n.old), e, f, n.oldKept, n.old)
	}
}

// TestD2_FallsOnRecordings plays recordings to the detector as it ships. Its
// weights were fitted to these people: the figures that count are those of
// held-out people, see TestTrainFall and docs/detection.md.
func TestD2_FallsOnRecordings(t *testing.T) {
	var wrist, waist tally
	for _, r := range weda(t) {
		wrist.add(&r, wristModel)
	}
	wrist.report(t, "wrist, tuned on these people")
	if wrist.found*100 < wrist.falls*95 || wrist.kept*100 < wrist.others*88 || wrist.slow > 30 {
		t.Error("falls at the wrist: the detector has become worse")
	}
	for _, r := range sisfall(t) {
		waist.add(&r, waistModel)
	}
	waist.report(t, "waist, tuned on these people")
	if waist.found*100 < waist.falls*98 || waist.kept*100 < waist.others*98 || waist.slow > 30 {
		t.Error("falls at the waist: the detector has become worse")
	}
	for position, m := range map[string]fallModel{"WRIST": wristModel, "WAIST": waistModel} {
		var n tally
		set := recordings.UMAFallWrist
		if position == "WAIST" {
			set = recordings.UMAFallWaist
		}
		for _, r := range trials(t, set) {
			n.add(&r, m)
		}
		n.report(t, position+" of people and devices that nothing was fitted to")
		if n.found*100 < n.falls*88 || n.kept*100 < n.others*92 {
			t.Errorf("falls at the %s: the detector has become worse on strangers", position)
		}
	}
}
