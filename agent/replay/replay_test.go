package replay

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// file writes a recording and returns its path.
func file(t testing.TB, name, text string) string {
	t.Helper()
	p := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

// command runs the command and returns its lines, its errors and its status.
func command(args ...string) (lines []map[string]any, text, stderr string, status int) {
	var out, errs bytes.Buffer
	status = Run(args, &out, &errs)
	for _, l := range strings.Split(strings.TrimSpace(out.String()), "\n") {
		if l == "" {
			continue
		}
		var m map[string]any
		if err := json.Unmarshal([]byte(l), &m); err != nil {
			m = map[string]any{"not json": l}
		}
		lines = append(lines, m)
	}
	return lines, out.String(), errs.String(), status
}

// said writes events as "kind:state".
func said(lines []map[string]any) string {
	var all []string
	for _, l := range lines {
		switch {
		case l["error"] != nil:
			all = append(all, "error")
		case l["metric"] != nil && l["kind"] == nil:
		default:
			all = append(all, fmt.Sprintf("%v:%v", l["kind"], l["state"]))
		}
	}
	return strings.Join(all, " ")
}

func hum(i int) float64 { return math.Mod(float64(i)*0.6180339887, 1) - 0.5 }

// fallen is standing, a fall at 20 s and lying still, at 50 Hz.
func fallen(header string, time bool) string {
	var b strings.Builder
	b.WriteString(header + "\n")
	for i := range 50 * 40 {
		at := float64(i) / 50
		x, y, z := 0.97, 0.18, 0.16
		switch u := at - 20; {
		case u < -0.4:
		case u < 0:
			x, y, z = 0.35, 0.1, 0.1
		case u < 0.4:
			blow := 4.5 * math.Exp(-u/0.15) * math.Cos(2*math.Pi*3*u) // as broad as the blows of recorded falls
			x, y, z = 0.3+0.5*blow, -0.7-0.8*blow, 0.3+0.4*blow
		default:
			x, y, z = 0.2, -0.93, 0.31
		}
		if time {
			fmt.Fprintf(&b, "%.3f,", at)
		}
		fmt.Fprintf(&b, "%.4f,%.4f,%.4f\n", x+0.02*hum(i), y+0.02*hum(i+7), z+0.02*hum(i+13))
	}
	return b.String()
}

func TestAFallIsReplayed(t *testing.T) {
	for name, args := range map[string][]string{
		"with time":         {"-kind", "imu-wrist", file(t, "a.csv", fallen("t,ax,ay,az", true))},
		"with both":         {"-kind", "imu-wrist", "-rate", "50", file(t, "a.csv", fallen("t,ax,ay,az", true))},
		"with rate":         {"-kind", "imu-wrist", "-rate", "50", file(t, "a.csv", fallen("ax,ay,az", false))},
		"with byte order":   {"-kind", "imu-wrist", file(t, "a.csv", "\ufeff"+fallen("T, AX, \"ay\", az", true))},
		"flags after files": {file(t, "a.csv", fallen("t,ax,ay,az", true)), "-kind", "imu-wrist"},
		"files after --":    {"-kind", "imu-wrist", "--", file(t, "-a.csv", fallen("t,ax,ay,az", true))},
		"with carriages":    {"-kind", "imu-wrist", file(t, "a.csv", strings.ReplaceAll(fallen("t,ax,ay,az", true), "\n", "\r\n"))},
		"with other things": {"-kind", "imu-wrist", "-rate", "50", file(t, "a.csv", strings.ReplaceAll(fallen("ax,ay,az", false), "\n", ",x\n"))},
	} {
		lines, _, stderr, status := command(args...)
		if status != 0 || said(lines) != "fall:suspected fall:confirmed" {
			t.Errorf("%s: status %d, %s %s", name, status, said(lines), stderr)
			continue
		}
		if at := lines[1]["t"].(float64); at < 21 || at > 30 || lines[1]["priority"] != "high" || lines[1]["confidence"].(float64) < 0.5 {
			t.Errorf("%s: %v", name, lines[1])
		}
	}
}

// scaled is a recording of acceleration, without t, in another unit.
func scaled(text string, unit float64) string {
	rows := strings.Split(strings.TrimSpace(text), "\n")
	for i := 1; i < len(rows); i++ {
		var x, y, z float64
		fmt.Sscanf(rows[i], "%g,%g,%g", &x, &y, &z)
		rows[i] = fmt.Sprintf("%.4f,%.4f,%.4f", x*unit, y*unit, z*unit)
	}
	return strings.Join(rows, "\n") + "\n"
}

// TestWhatIsNoGravityIsSaid: a recording without it is played, and hides falls.
func TestWhatIsNoGravityIsSaid(t *testing.T) {
	f := file(t, "a.csv", scaled(fallen("ax,ay,az", false), 0.1))
	if _, _, stderr, status := command("-kind", "imu-wrist", "-rate", "50", f); status != 0 || !strings.Contains(stderr, "gravity was taken out") {
		t.Errorf("status %d, it says %q", status, stderr)
	}
}

func TestTheTimeOfTheRecordingIsKept(t *testing.T) {
	late := strings.ReplaceAll(fallen("t,ax,ay,az", true), "\n", "\n1") // 0.02 becomes 10.02, 20 becomes 120
	late = late[:strings.LastIndex(late, "\n")]
	late = strings.Join(append([]string{"t,ax,ay,az"}, strings.Split(late, "\n")[501:1990]...), "\n") // 110.00 to 139.78
	lines, _, stderr, status := command("-kind", "imu-wrist", "-rate", "50", file(t, "a.csv", late))
	if status != 0 || said(lines) != "fall:suspected fall:confirmed" {
		t.Fatalf("status %d, %s %s", status, said(lines), stderr)
	}
	if onset := lines[0]["onset"].(float64); math.Abs(onset-120) > 0.3 {
		t.Errorf("the impact was at %v s", onset)
	}
}

func TestD10_TwiceTheSameInputGivesTheSameBytes(t *testing.T) {
	f := file(t, "a.csv", fallen("t,ax,ay,az", true))
	truth := file(t, "truth.csv", "file,t_start,t_end,kind\na.csv,19,21,fall\n")
	_, a, _, _ := command("-kind", "imu-wrist", "-estimates", "-score", truth, f)
	_, b, _, _ := command("-kind", "imu-wrist", "-estimates", "-score", truth, f)
	if a == "" || a != b {
		t.Errorf("%s\nand then\n%s", a, b)
	}
}

func TestEstimates(t *testing.T) {
	var b strings.Builder
	b.WriteString("t,ir,red\n")
	for i := range 100 * 60 {
		at := float64(i) / 100
		w := math.Sin(2*math.Pi*1.2*at) * (1 + 0.2*math.Sin(2*math.Pi*0.25*at))
		fmt.Fprintf(&b, "%.2f,%.1f,%.1f\n", at, 110000-900*w, 90000-440*w)
	}
	lines, _, stderr, status := command("-kind", "ppg", "-estimates", file(t, "p.csv", b.String()))
	seen := map[string]float64{}
	for _, l := range lines {
		if m, ok := l["metric"].(string); ok {
			seen[m] = l["value"].(float64)
		}
	}
	if status != 0 || math.Abs(seen["pulse_rate"]-72) > 1 || math.Abs(seen["respiratory_rate"]-15) > 1 || math.Abs(seen["spo2"]-96.8) > 1.5 {
		t.Errorf("status %d, %v %s", status, seen, stderr)
	}
	if _, said := seen["skin_contact"]; said {
		t.Error("contact was judged in a recording of any unit")
	}
	b.Reset()
	b.WriteString("t,x\n")
	for i := range 25 * 60 {
		fmt.Fprintf(&b, "%.2f,%.4f\n", float64(i)/25, math.Sin(2*math.Pi*0.3*float64(i)/25))
	}
	lines, _, _, status = command("-kind", "resp", "-estimates", file(t, "r.csv", b.String()))
	if status != 0 || len(lines) == 0 || math.Abs(lines[0]["value"].(float64)-18) > 0.5 {
		t.Errorf("status %d, %v", status, lines)
	}
}

func TestVitals(t *testing.T) {
	var b strings.Builder
	b.WriteString("t,metric,value\n")
	for i := range 60 {
		v := 70 + i%3
		if i >= 20 && i < 33 {
			v = 150
		}
		fmt.Fprintf(&b, "%d,heart_rate,%d\n", i, v)
		if i == 40 {
			b.WriteString("40,heart_rate,0\n40,mood,7\nnow,heart_rate,70\n40,heart_rate\n")
		}
	}
	f := file(t, "v.csv", b.String())
	lines, _, _, status := command("-kind", "vitals", f)
	if want := "vital_high:confirmed implausible:confirmed error error error vital_high:cleared"; status != 0 || said(lines) != want {
		t.Errorf("status %d, %s", status, said(lines))
	}
	profile := file(t, "p.json", `{"overrides":[{"metric":"heart_rate","side":"above","priority":"high","value":160,"as":"medium","by":"d","why":"w","until_s":1000},
		{"metric":"heart_rate","side":"above","priority":"medium","value":155,"by":"d","why":"w","until_s":1000}]}`)
	lines, _, stderr, status := command("-kind", "vitals", "-profile", profile, f)
	if want := "implausible:confirmed error error error"; status != 0 || said(lines) != want {
		t.Errorf("with the profile: status %d, %s %s", status, said(lines), stderr)
	}
}

func TestABed(t *testing.T) {
	var b strings.Builder
	b.WriteString("t,v\n")
	for i := range 10 * 400 {
		v := 0.3
		if i > 600 && i < 3000 {
			v = 2.4
		}
		fmt.Fprintf(&b, "%.1f,%v\n", float64(i)/10, v)
	}
	lines, _, _, status := command("-kind", "bed-load", file(t, "b.csv", b.String()))
	if status != 0 || said(lines) != "bed_enter:confirmed bed_exit:confirmed" {
		t.Errorf("status %d, %s", status, said(lines))
	}
}

func TestABadRecordIsReportedInItsPlace(t *testing.T) {
	rows := strings.Split(fallen("t,ax,ay,az", true), "\n")
	rows[1070] = "21.38,hello,0,0"
	rows[100] = "1.98,0.9"
	lines, _, _, status := command("-kind", "imu-wrist", file(t, "a.csv", strings.Join(rows, "\n")))
	if status != 0 || said(lines) != "error error fall:suspected fall:confirmed" {
		t.Errorf("status %d, %s", status, said(lines))
	}
	if e := lines[0]["error"].(string); !strings.Contains(e, "line 101") {
		t.Errorf("the error does not say where: %s", e)
	}
}

// TestAFallIsFoundByAccelerationWhereTheGyroscopeSaysNothing: a row says what
// its cells say.
func TestAFallIsFoundByAccelerationWhereTheGyroscopeSaysNothing(t *testing.T) {
	plain := strings.Split(strings.TrimSpace(fallen("t,ax,ay,az", true)), "\n")
	for _, c := range []struct {
		name, cells string
		every, bad  int // rows that have them
	}{{"no gyroscope", ",,,", 1, 2000}, {"one axis", ",1,NaN,1", 1, 2000}, {"every other row", ",,,", 2, 1000}} {
		rows := []string{plain[0] + ",gx,gy,gz"}
		for i, r := range plain[1:] {
			if i%c.every == 0 {
				rows = append(rows, r+c.cells)
			} else {
				rows = append(rows, r+",1,2,3")
			}
		}
		lines, _, stderr, status := command("-kind", "imu-wrist", file(t, "a.csv", strings.Join(rows, "\n")))
		falls := strings.TrimSpace(strings.ReplaceAll(said(lines), "error ", ""))
		if falls = strings.TrimSuffix(falls, " error"); status != 0 || falls != "fall:suspected fall:confirmed" || len(lines) != c.bad+2 {
			t.Errorf("%s: status %d, %d lines, %s %s", c.name, status, len(lines), falls, stderr)
		}
	}
}

func TestUnusableInput(t *testing.T) {
	good := file(t, "good.csv", fallen("t,ax,ay,az", true))
	for want, args := range map[string][]string{
		"-kind is required":               {good},
		"unknown, want one of":            {"-kind", "dance", good},
		"\"p01\" is missing":              {"-kind", "thermal", good},
		"the profile declares no sensors": {"-kind", "room", file(t, "room.csv", "t,sensor,state\n0,m1,1\n")},
		"no file to replay":               {"-kind", "imu-wrist"},
		"no such file":                    {"-kind", "imu-wrist", "/does/not/exist.csv"},
		"no header line":                  {"-kind", "imu-wrist", file(t, "e.csv", "")},
		"column \"az\" is missing":        {"-kind", "imu-wrist", file(t, "e.csv", "t,ax,ay\n0,1,2\n")},
		"-rate is not given":              {"-kind", "imu-wrist", file(t, "e.csv", "ax,ay,az\n0,1,2\n")},
		"must be 1 to 1000":               {"-kind", "imu-wrist", "-rate", "1e9", good},
		"cannot tell a rate":              {"-kind", "imu-wrist", file(t, "e.csv", "t,ax,ay,az\n5,0,1,2\n5,0,1,2\n")},
		"it has to be in g":               {"-kind", "imu-wrist", file(t, "e.csv", scaled(fallen("ax,ay,az", false), 9.80665)), "-rate", "50"},
		"magnitude of 998":                {"-kind", "imu-waist", file(t, "e.csv", scaled(fallen("ax,ay,az", false), 1000)), "-rate", "50"},
		"not defined: -speed":             {"-speed", "2", good},
		"unknown field \"colour\"":        {"-kind", "imu-wrist", "-profile", file(t, "p.json", `{"colour":"red"}`), good},
		"high may not go below medium":    {"-kind", "vitals", "-profile", file(t, "p.json", `{"overrides":[{"metric":"spo2","side":"below","priority":"high","value":80,"as":"low","by":"a","why":"b","until_s":1}]}`), good},
		"the truth":                       {"-kind", "imu-wrist", "-score", file(t, "t.csv", "file,when\n"), good},
	} {
		lines, _, stderr, status := command(args...)
		if status != 2 || !strings.Contains(stderr, want) || len(lines) != 0 {
			t.Errorf("%v: status %d, %q, %d lines; want a sentence with %q", args, status, stderr, len(lines), want)
		}
	}
	lines, _, _, status := command("-kind", "imu-wrist", "/does/not/exist.csv", good)
	if status != 2 || said(lines) != "fall:suspected fall:confirmed" {
		t.Errorf("a bad file stopped its neighbour: status %d, %s", status, said(lines))
	}
}

func TestIntervals(t *testing.T) {
	// Wilson 1927 for 45 of 50; Byar for 10 events in 2 h: published tables.
	if p, ci := Wilson(45, 50); p != 0.9 || math.Abs(ci[0]-0.786) > 0.001 || math.Abs(ci[1]-0.957) > 0.001 {
		t.Errorf("%v %v", p, ci)
	}
	if r, ci := Poisson(10, 2); r != 5 || math.Abs(ci[0]-2.394) > 0.01 || math.Abs(ci[1]-9.196) > 0.02 {
		t.Errorf("%v %v", r, ci)
	}
	if _, ci := Poisson(0, 1); ci[0] != 0 || math.Abs(ci[1]-3.69) > 0.1 {
		t.Errorf("%v", ci)
	}
	if p, _ := printed(Wilson(0, 0)); p != nil {
		t.Error("a share of nothing")
	}
	if r, _ := printed(Poisson(3, 0)); r != nil {
		t.Error("a rate in no time")
	}
}

func FuzzTable(f *testing.F) {
	f.Add("t,ax,ay,az\n0,1,2,3\n0.02,1,2,3\n0.04,9,9,9\n")
	f.Add("t,metric,value\n0,heart_rate,70\n1e300,spo2,NaN\n-5,spo2,\n")
	f.Add("t,ax,ay,az\n\n,,,\n1,2\n\x00\xff\n")
	f.Add("t,ir,red\n0,1e308,2\n0.01,-1e308,3\n0.02,5,6\n")
	f.Fuzz(func(t *testing.T, text string) {
		path := file(t, "f.csv", text)
		for _, k := range kinds {
			lines, _, _, status := command("-kind", k.name, "-estimates", path)
			if status != 0 && status != 2 {
				t.Fatalf("%s: status %d", k.name, status)
			}
			for _, l := range lines {
				if l["not json"] != nil {
					t.Fatalf("%s: %v", k.name, l)
				}
			}
		}
	})
}
