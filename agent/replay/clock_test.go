package replay

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// restamped is a recording of which the time of each row is changed.
func restamped(text string, change func(i int, row string) string) string {
	rows := strings.Split(strings.TrimSpace(text), "\n")
	for i := 1; i < len(rows); i++ {
		_, values, _ := strings.Cut(rows[i], ",")
		rows[i] = change(i-1, values)
	}
	return strings.Join(rows, "\n") + "\n"
}

// A radio brings rows late, in bursts, or one before the other: a fall among
// them is found all the same.
func TestAFallAmongRowsThatCameAsTheyCame(t *testing.T) {
	plain := fallen("t,ax,ay,az", true)
	swapped := strings.Split(plain, "\n")
	for i := 900; i < 1300; i += 3 {
		swapped[i], swapped[i+1] = swapped[i+1], swapped[i]
	}
	r := rand.New(rand.NewPCG(1, 1))
	late := restamped(plain, func(i int, row string) string {
		return fmt.Sprintf("%.4f,%s", float64(i)/50+0.008*r.NormFloat64(), row)
	})
	bursts := func(n int) string {
		return restamped(plain, func(i int, row string) string { return fmt.Sprintf("%.2f,%s", float64(i/n*n)/50, row) })
	}
	whole := func(every float64) string {
		return restamped(plain, func(i int, row string) string {
			return fmt.Sprintf("%.0f,%s", math.Floor(float64(i)/50/every)*every, row)
		})
	}
	radio := func(every float64) string { // rows of so long, 2 ms apart, when they are all there
		return restamped(plain, func(i int, row string) string {
			at := float64(i) / 50
			burst := math.Floor(at / every)
			return fmt.Sprintf("%.4f,%s", (burst+1)*every+0.1*math.Mod(burst*0.618, 1)+(at-burst*every)*50*0.002, row)
		})
	}
	fast := restamped(plain, func(i int, row string) string { return fmt.Sprintf("%.4f,%s", float64(i)/50*0.97, row) })
	once := strings.Replace(plain, "\n20.200,", "\n90020.200,", 1)
	for name, c := range map[string]struct {
		text, want string
		args       []string
	}{
		"neighbours swapped":       {strings.Join(swapped, "\n"), "fall:suspected fall:confirmed", nil},
		"stamps that tremble":      {late, "fall:suspected fall:confirmed", nil},
		"the same, with a rate":    {late, "fall:suspected fall:confirmed", []string{"-rate", "50"}},
		"bursts of a second":       {bursts(50), "fall:suspected fall:confirmed", []string{"-rate", "50"}},
		"bursts of five seconds":   {bursts(250), "fall:suspected fall:confirmed", []string{"-rate", "50"}},
		"times in whole seconds":   {whole(1), "fall:suspected fall:confirmed", nil},
		"in whole four seconds":    {whole(4), "fall:suspected fall:confirmed", nil},
		"a radio each second":      {radio(1), "fall:suspected fall:confirmed", nil},
		"a radio every 2.5 s":      {radio(2.5), "fall:suspected fall:confirmed", nil},
		"the same with a rate":     {radio(2.5), "fall:suspected fall:confirmed", []string{"-rate", "50"}},
		"a clock that is slow":     {fast, "fall:suspected fall:confirmed", []string{"-rate", "50"}},
		"one time is mistyped":     {once, "error fall:suspected fall:confirmed", nil},
		"mistyped, with a rate":    {once, "error fall:suspected fall:confirmed", []string{"-rate", "50"}},
		"it begins anew elsewhere": {plain + strings.Join(strings.Split(plain, "\n")[1:200], "\n"), "fall:suspected fall:confirmed error", nil},
	} {
		lines, _, stderr, status := command(append(c.args, "-kind", "imu-wrist", file(t, "a.csv", c.text))...)
		if status != 0 || said(lines) != c.want {
			t.Errorf("%s: status %d, %s %s", name, status, said(lines), stderr)
		}
	}
}

func TestARateThatTheTimesContradictIsSaid(t *testing.T) {
	f := file(t, "a.csv", fallen("t,ax,ay,az", true))
	if _, _, stderr, _ := command("-kind", "imu-wrist", "-rate", "100", f); !strings.Contains(stderr, "-rate says 100 samples a second, and column t says 50") {
		t.Errorf("it says %q", stderr)
	}
	if _, _, stderr, _ := command("-kind", "imu-wrist", "-rate", "50", f); stderr != "" {
		t.Errorf("it says %q", stderr)
	}
}

// What t shows as a gap is one, also where the rate is given.
func TestAGapIsKeptBesideARate(t *testing.T) {
	shifted := restamped(fallen("t,ax,ay,az", true), func(i int, row string) string {
		at := float64(i) / 50
		if i >= 500 {
			at += 60
		}
		return fmt.Sprintf("%.2f,%s", at, row)
	})
	lines, _, stderr, _ := command("-kind", "imu-wrist", "-rate", "50", file(t, "a.csv", shifted))
	if len(lines) == 0 || lines[0]["onset"].(float64) < 79.5 || lines[0]["onset"].(float64) > 80.5 {
		t.Errorf("%v %s", lines, stderr)
	}
}

// Hours count from the first time to the last; one that is mistyped is no time.
func TestD10_HoursCountWhatWasRecorded(t *testing.T) {
	rows := func(from float64, change func([]string) []string) string {
		list := []string{"t,metric,value"}
		for i := range 151 {
			list = append(list, fmt.Sprintf("%v,heart_rate,%d", from+float64(24*i), 70+i%3))
		}
		return strings.Join(change(list), "\n")
	}
	as := func(list []string) []string { return list }
	truth := file(t, "truth.csv", "file,t_start,t_end,kind\nv.csv,,,\n")
	for name, c := range map[string]struct {
		text, says string
		errors     int
	}{
		"from the start":      {rows(0, as), "", 0},
		"from the noon":       {rows(43200, as), "", 0},
		"one time mistyped":   {rows(0, func(l []string) []string { return slices.Insert(l, 50, "50000000,heart_rate,70") }), "line 51: column t: t jumps by 49998848 s", 1},
		"one a little wrong":  {rows(0, func(l []string) []string { l[50] = "176,heart_rate,70"; return l }), "line 51: column t: t goes back by 976 s", 1},
		"two lists, one time": {rows(0, func(l []string) []string { return append(l, "0,spo2,97", "24,spo2,97") }), "line 153: column t: t goes back by 3600 s", 1},
	} {
		lines, text, stderr, status := command("-kind", "vitals", "-score", truth, file(t, "v.csv", c.text))
		if got := lines[len(lines)-1]; status != 0 || got["hours"] != 1.0 || strings.Count(text, "error") != c.errors || !strings.Contains(text, c.says) {
			t.Errorf("%s: status %d, %s %s", name, status, text, stderr)
		}
	}
	// A silence of hours that goes on is none.
	quiet := "t,metric,value\n0,heart_rate,70\n1,heart_rate,71\n36000,heart_rate,70\n"
	if lines, _, _, _ := command("-kind", "vitals", "-score", truth, file(t, "v.csv", quiet)); len(lines) != 1 || lines[0]["hours"] != 10.0 {
		t.Errorf("%v", lines)
	}
}

// A clock that stands still does not bring the whole file into memory.
func TestRowsThatWaitForTheirOrderAreBounded(t *testing.T) {
	const n = 3 * heldMost
	table, err := newTable(strings.NewReader("t,x\n" + strings.Repeat("1,2\n", n)))
	if err != nil {
		t.Fatal(err)
	}
	c := newClock(table, 0, false)
	for i := range n {
		if _, err := c.next(); err != nil {
			t.Fatalf("row %d: %v", i, err)
		}
		if len(c.held) > heldMost+1 {
			t.Fatalf("%d rows wait", len(c.held))
		}
	}
}

// TestASensorThatRestsIsNoRadio: fifty rows in a second, and none in the next,
// are no hundred in two.
func TestASensorThatRestsIsNoRadio(t *testing.T) {
	var times []float64
	for i := range 1000 {
		times = append(times, float64(i%50)/50+2*float64(i/50))
	}
	if rate := burstsOf(times); rate != 0 {
		t.Errorf("bursts of %v a second", rate)
	}
	if rate := rateOf(times); rate != 50 {
		t.Errorf("%v a second", rate)
	}
}

// TestARadioIsFollowed: rows of a device whose clock is a little off do not run
// away from the times at which they came.
func TestARadioIsFollowed(t *testing.T) {
	for _, rate := range []float64{49.6, 50, 50.4} {
		c := &clock{steady: true, rate: 50}
		worst := 0.0
		for i := range 50 * 3600 {
			at := float64(i) / rate
			worst = max(worst, math.Abs(c.counted(math.Floor(at))-at))
		}
		if worst > 1.1 {
			t.Errorf("%v samples a second: off by %v s", rate, worst)
		}
	}
}

// TestAFallIsFoundWhereTheRateChanges: a band that saves its battery measures
// half as often.
func TestAFallIsFoundWhereTheRateChanges(t *testing.T) {
	rows := strings.Split(strings.TrimSpace(fallen("t,ax,ay,az", true)), "\n")
	for name, half := range map[string]func(i int) bool{
		"slow, then fast": func(i int) bool { return i < 900 },
		"fast, then slow": func(i int) bool { return i > 900 },
		"all the while":   func(int) bool { return true },
	} {
		kept := rows[:1:1]
		for i, r := range rows[1:] {
			if i%2 == 0 || !half(i) {
				kept = append(kept, r)
			}
		}
		lines, _, stderr, status := command("-kind", "imu-wrist", file(t, "a.csv", strings.Join(kept, "\n")))
		if status != 0 || said(lines) != "fall:suspected fall:confirmed" {
			t.Errorf("%s: status %d, %s %s", name, status, said(lines), stderr)
		}
	}
}

// TestARateThatChangesIsFollowed within a second, and one that stays is not
// touched by stamps of packets.
func TestARateThatChangesIsFollowed(t *testing.T) {
	var slow []float64
	for at := 0.0; at < 60; {
		slow = append(slow, at)
		if at += 0.02; at > 30 {
			at += 0.02
		}
	}
	for _, known := range []int{len(slow), 500} { // how much is known at the beginning
		p := newPacer(slices.Clone(slow[:known]), rateOf(slow[:known]))
		for _, at := range slow {
			if p.take(at); at < 29 && known > 500 && p.rate() != 50 || at > 35 && math.Abs(p.rate()-25) > 0.1 {
				t.Fatalf("of %d rows known, at %v s: %v a second", known, at, p.rate())
			}
		}
	}
	var packets []float64
	for i := range 3000 {
		packets = append(packets, 0.5*float64(i/25))
	}
	p := newPacer(slices.Clone(packets[:2000]), 50)
	for _, at := range packets {
		if p.take(at); p.rate() != 50 {
			t.Fatalf("packets, at %v s: %v a second", at, p.rate())
		}
	}
}
