package eval

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"osmanthus/agent/eval/recordings"
	"osmanthus/agent/replay"
	"osmanthus/care"
)

func TestATableIsReadable(t *testing.T) {
	table := NewTable("set", "n", "sensitivity")
	table.Row("WEDA – wrist", 225, Share(213, 225))
	table.Row("HMP", 0, Share(0, 0))
	want := "| set          | n   | sensitivity         |\n" +
		"|--------------|-----|---------------------|\n" +
		"| WEDA – wrist | 225 | 0.947 (0.909–0.969) |\n" +
		"| HMP          | 0   | –                   |\n"
	if got := table.String(); got != want {
		t.Errorf("\n%s\nwant\n%s", got, want)
	}
}

func TestNumbers(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 1.5: "1.5", 0.12345: "0.123", 100: "100", -0.0001: "0", math.Inf(1): "+Inf"} {
		if got := Number(v); got != want {
			t.Errorf("%v is written %s, want %s", v, got, want)
		}
	}
	if Number(math.NaN()) != "–" || Rate(3, 0) != "–" || Rate(7, 4.31) != "1.62 (0.65–3.35)" {
		t.Error(Number(math.NaN()), Rate(3, 0), Rate(7, 4.31))
	}
}

func TestWhatIsRaised(t *testing.T) {
	a := func(name byte, s care.State) care.Alert {
		return care.Alert{Episode: care.Episode{name}, Kind: care.Fall, State: s}
	}
	up, sure, gone := care.Suspected, care.Confirmed, care.Cleared
	for name, c := range map[string]struct {
		alerts []care.Alert
		want   int
	}{
		"nothing":                 {nil, 0},
		"a suspicion":             {[]care.Alert{a(1, up)}, 1},
		"confirmed":               {[]care.Alert{a(1, up), a(1, sure)}, 1},
		"dropped":                 {[]care.Alert{a(1, up), a(1, gone)}, 0},
		"confirmed, then cleared": {[]care.Alert{a(1, up), a(1, sure), a(1, gone)}, 1},
		"two, one dropped":        {[]care.Alert{a(1, up), a(2, up), a(1, gone)}, 1},
		"of another kind":         {[]care.Alert{{Episode: care.Episode{1}, Kind: care.Apnoea, State: sure}}, 0},
	} {
		if got := Raised(c.alerts, care.Fall); len(got) != c.want {
			t.Errorf("%s: %d raised, want %d", name, len(got), c.want)
		}
	}
}

func TestMainSaysWhatIsWrong(t *testing.T) {
	for _, c := range []struct {
		shared, want string
		args         []string
	}{
		{"/nowhere", "the data sets are needed", nil},
		{"", `there is no section "dance"`, []string{"dance"}},
	} {
		if c.shared != "" {
			t.Setenv("OSMANTHUS_SHARED", c.shared)
		}
		var out, errs bytes.Buffer
		if status := Main(c.args, &out, &errs); status != 2 || !strings.Contains(errs.String(), c.want) || out.Len() > 0 {
			t.Errorf("status %d, %q, %q; want %q", status, errs.String(), out.String(), c.want)
		}
	}
}

// TestATrialIsPlayed plays one fall by the way of the command.
func TestATrialIsPlayed(t *testing.T) {
	for _, r := range recordings.Read(t, recordings.WEDA) {
		if !r.Fall {
			continue
		}
		for _, gyro := range []bool{true, false} {
			heard, err := PlayTrial(&r, gyro, replay.Options{})
			if err != nil || math.Abs(heard.Seconds-r.Seconds()) > 0.1 || len(heard.Readings) == 0 {
				t.Errorf("%s: %v, %v s of %v, %d readings", r.File, err, heard.Seconds, r.Seconds(), len(heard.Readings))
			}
		}
		return
	}
}
