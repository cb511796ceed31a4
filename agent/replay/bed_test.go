package replay

import (
	"fmt"
	"strings"
	"testing"
)

// mattress is rows of 16 cells: empty, somebody on the back, on the left, and
// nobody again, for a minute each.
func mattress() string {
	empty := []int{442, 440, 438, 384, 476, 399, 349, 429, 227, 352, 226, 445, 422, 285, 366, 457}
	back := []int{469, 525, 499, 510, 523, 425, 464, 506, 464, 441, 510, 508, 448, 508, 467, 508}
	left := []int{344, 513, 322, 521, 527, 451, 450, 286, 482, 466, 508, 500, 242, 511, 359, 487}
	var b strings.Builder
	b.WriteString("t," + strings.Join(cells, ",") + "\n")
	for s := range 240 {
		row := [][]int{empty, back, left, empty}[s/60]
		fmt.Fprintf(&b, "%d", s)
		for k, v := range row {
			fmt.Fprintf(&b, ",%d", v+(s+k)%3)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestAMattressIsReplayed(t *testing.T) {
	f := file(t, "m.csv", mattress())
	lines, _, stderr, status := command("-kind", "bed-fsr", "-estimates", f)
	if status != 0 || said(lines) != "bed_enter:confirmed bed_exit:confirmed" {
		t.Fatalf("status %d, %s %s", status, said(lines), stderr)
	}
	var postures []string
	for _, l := range lines {
		if l["metric"] == "bed_posture" && (len(postures) == 0 || postures[len(postures)-1] != fmt.Sprint(l["value"])) {
			postures = append(postures, fmt.Sprint(l["value"]))
		}
	}
	if got := strings.Join(postures, " "); got != "0 1 2 0" && got != "1 2 0" {
		t.Errorf("postures %s", got)
	}
	profile := file(t, "p.json", `{"bed":{"arm_s":60,"not_back_night_s":30,"never_back_s":45,"edge":"always","turn_s":100}}`)
	lines, _, stderr, status = command("-kind", "bed-fsr", "-profile", profile, f)
	if want := "bed_enter:confirmed bed_exit:confirmed bed_not_back:confirmed bed_not_back:confirmed"; status != 0 || said(lines) != want {
		t.Errorf("with the profile: status %d, %s %s", status, said(lines), stderr)
	}
	for hours, want := range map[string]string{"00:00-06:00": "bed_enter:confirmed bed_exit:confirmed", "06:00-00:00": "bed_enter:confirmed"} {
		profile := file(t, "p.json", `{"bed":{"arm_s":60,"exit":"`+hours+`"}}`)
		if lines, _, _, _ := command("-kind", "bed-fsr", "-profile", profile, f); said(lines) != want {
			t.Errorf("exits at %s: %s, want %s", hours, said(lines), want)
		}
	}
	if _, _, stderr, status := command("-kind", "bed-fsr", "-profile", file(t, "p.json", `{"bed":{"exit":"late"}}`), f); status != 2 || !strings.Contains(stderr, "bed: exit: ") {
		t.Errorf("hours that are none: status %d, %s", status, stderr)
	}
}

// Somebody lies down at 21:00 and rises 8:30 h later, in the night in which the
// clocks go forward: at 6:30 by the wall, when rising is no alert any more.
func TestD5_AProfileFollowsAChangeOfTheClocks(t *testing.T) {
	night := file(t, "n.csv", "t,metric,value\n0,bed_occupancy,0\n3600,bed_occupancy,1\n34200,bed_occupancy,0\n")
	for zone, want := range map[string]string{"Europe/Berlin": "bed_enter:confirmed", "Africa/Algiers": "bed_enter:confirmed bed_exit:confirmed"} {
		profile := file(t, "p.json", `{"start":"2026-03-28T20:00:00+01:00","zone":"`+zone+`","bed":{"exit":"22:00-06:00"}}`)
		if lines, _, stderr, _ := command("-kind", "vitals", "-profile", profile, night); said(lines) != want {
			t.Errorf("%s: %s %s, want %s", zone, said(lines), stderr, want)
		}
	}
}

func TestATagThatIsReadNowAndThenIsReplayed(t *testing.T) {
	var b strings.Builder
	b.WriteString("t,frontal,vertical,lateral\n")
	at := 0.0
	row := func(step, x, y, z float64) {
		at += step
		fmt.Fprintf(&b, "%.3f,%.4f,%.4f,%.4f\n", at, x+0.01*hum(int(at*8)), y, z)
	}
	for at < 60 {
		row(0.4, 1.05, -0.1, 0.05)
	}
	for at < 120 { // sits up, and goes on sitting
		row(0.9, 0.5, 0.88, 0.05)
	}
	if lines, _, stderr, status := command("-kind", "bed-imu", file(t, "t.csv", b.String()+"nothing,1,2,3\n")); status != 0 || !strings.HasPrefix(said(lines), "bed_enter:confirmed error") {
		t.Errorf("status %d, %s %s", status, said(lines), stderr)
	}
	for range 3 { // stands up: three rows, and out of the reader's reach
		row(1.3, 0.1, 1.1, 0.1)
	}
	lines, _, stderr, status := command("-kind", "bed-imu", file(t, "t.csv", b.String()))
	events := said(lines)
	if status != 0 || !strings.HasPrefix(events, "bed_enter:confirmed bed_exit:") || !strings.HasSuffix(events, "bed_exit:confirmed") {
		t.Fatalf("status %d, %s %s", status, events, stderr)
	}
	if last := lines[len(lines)-1]["t"].(float64); last < 119 || last > at+30 {
		t.Errorf("told at %v s", last)
	}
}
