package e2e

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"osmanthus/agent/sim"
	"osmanthus/care"
	"osmanthus/deploy/demo"
	"osmanthus/e2e/lab"
)

// unpack gives the folder of a data set beside the project, unpacked into a
// temporary one, or skips the test.
func unpack(t *testing.T, name string) string {
	t.Helper()
	shared := os.Getenv("OSMANTHUS_SHARED")
	if shared == "" {
		shared = filepath.Join(lab.Root(), "..", "shared")
	}
	archive := filepath.Join(shared, "datasets", name+".tar.xz")
	if _, err := os.Stat(archive); err != nil {
		t.Skipf("SKIPPED: the data set %s is not beside the project (OSMANTHUS_SHARED may name its folder)", name)
	}
	dir := t.TempDir()
	if out, err := exec.Command("tar", "xJf", archive, "-C", dir).CombinedOutput(); err != nil {
		t.Skipf("SKIPPED: unpacking %s: %v: %s (xz-utils is needed)", name, err, out)
	}
	return filepath.Join(dir, name)
}

// table reads the numbers of a CSV file by columns.
func table(t *testing.T, path string) map[string][]float64 {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]float64{}
	for _, row := range rows[1:] {
		for i, field := range row {
			v, err := strconv.ParseFloat(strings.TrimSpace(field), 64)
			if err != nil {
				v = math.NaN()
			}
			name := strings.TrimSpace(rows[0][i])
			out[name] = append(out[name], v)
		}
	}
	return out
}

// column finds a column by the end of its name.
func column(t *testing.T, cols map[string][]float64, suffix string) []float64 {
	t.Helper()
	for name, v := range cols {
		if strings.HasSuffix(strings.ToLower(name), suffix) {
			return v
		}
	}
	t.Fatalf("no column …%s", suffix)
	return nil
}

// wedaFall reads one recorded fall of a person: the recording in g and °/s at
// its 50 Hz (its time stamps are arrival times), and when its impact is.
func wedaFall(t *testing.T, accel string) (*sim.Recording, time.Duration) {
	t.Helper()
	a, g := table(t, accel), table(t, strings.Replace(accel, "_accel", "_gyro", 1))
	var text strings.Builder
	text.WriteString("t,ax,ay,az,gx,gy,gz\n")
	var acc, gyro [3][]float64
	for i, axis := range []string{"_x", "_y", "_z"} {
		acc[i], gyro[i] = column(t, a, axis+"_list"), column(t, g, axis+"_list")
	}
	peak, at := 0.0, 0
	for i := range min(len(acc[0]), len(gyro[0])) {
		const g0, degree = 9.80665, math.Pi / 180
		x, y, z := acc[0][i]/g0, acc[1][i]/g0, acc[2][i]/g0
		if n := math.Sqrt(x*x + y*y + z*z); n > peak {
			peak, at = n, i
		}
		fmt.Fprintf(&text, "%.3f,%.4f,%.4f,%.4f,%.2f,%.2f,%.2f\n", float64(i)/50, x, y, z, gyro[0][i]/degree, gyro[1][i]/degree, gyro[2][i]/degree)
	}
	rec, err := sim.ReadRecording(strings.NewReader(text.String()), 0)
	if err != nil {
		t.Fatal(err)
	}
	return rec, time.Duration(at) * time.Second / 50
}

// fivePeople picks the first five people, in the order of names, and of each the
// first recording of another kind of fall: no recording is picked for how it
// looks.
func fivePeople(t *testing.T, dir string) (people []string, first map[string]string) {
	t.Helper()
	first = map[string]string{}
	all, err := filepath.Glob(filepath.Join(dir, "F01", "*_R01_accel.csv"))
	if err != nil || len(all) < 5 {
		t.Fatalf("%d people in %s: %v", len(all), dir, err)
	}
	for i, f := range all[:5] {
		who, _, _ := strings.Cut(filepath.Base(f), "_")
		people = append(people, who)
		first[who] = filepath.Join(dir, fmt.Sprintf("F%02d", i+1), filepath.Base(f))
	}
	return people, first
}

// TestE1_RecordedFallsReachTheNurse plays a recorded fall of each of five people
// into wrists of the house, one after the other.
func TestE1_RecordedFallsReachTheNurse(t *testing.T) {
	dir := filepath.Join(unpack(t, "weda-fall"), "open", "50Hz")
	people, first := fivePeople(t, dir)
	story := demo.Calm(2)
	road := lab.NewRoad(t, story)
	road.Agent.Start(t)
	road.LogIn("nurse")
	page := logIn(t, road, "en")
	for i, who := range people {
		wearer := story.Residents[i]
		rec, impactAfter := wedaFall(t, first[who])
		start := time.Now().Add(time.Second)
		road.House.Wrist(wearer.ID).SetSource(rec.IMU(start))
		impact := start.Add(impactAfter)
		rang := page.Until(45*time.Second, ringing)
		alarm, err := alarmOf(road, care.Fall, wearer.ID)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s (%s): impact to ring %v, decision to ring %v", who, filepath.Base(filepath.Dir(first[who])),
			rang.Sub(impact).Round(10*time.Millisecond), rang.Sub(alarm.DecidedAt).Round(10*time.Millisecond))
		acknowledge(t, road, page, alarm.ID)
	}
	page.Shoot("acknowledged en")
}

// TestA6_RecordedPulseReachesTheStore plays a stretch of a patient's pulse wave
// into a finger sensor, and compares what InfluxDB has with the monitor's own
// pulse rate.
func TestA6_RecordedPulseReachesTheStore(t *testing.T) {
	t.Parallel() // it mostly waits
	dir := filepath.Join(unpack(t, "bidmc"), "open")
	files, err := filepath.Glob(filepath.Join(dir, "*_RespPleth.csv"))
	if err != nil || len(files) == 0 {
		t.Fatal("no recordings", err)
	}
	wave, numerics := table(t, files[0]), table(t, strings.Replace(files[0], "_RespPleth", "_Numerics", 1))
	pleth, monitor := column(t, wave, "pleth"), column(t, numerics, "pulse")
	var text strings.Builder
	text.WriteString("t,ir\n")
	for i, v := range pleth {
		fmt.Fprintf(&text, "%.4f,%.6f\n", float64(i)/125, v)
	}
	rec, err := sim.ReadRecording(strings.NewReader(text.String()), 0)
	if err != nil {
		t.Fatal(err)
	}
	story := demo.Calm(3)
	wearer := story.Residents[0]
	road := lab.NewRoad(t, story)
	start := time.Now()
	road.House.Hand(wearer.ID).SetSource(rec.PPG(start, sim.Light{}))
	road.Agent.Start(t)
	var got []point
	lab.Eventually(t, 3*time.Minute, "a minute of pulse rates is stored", func() (err error) {
		got, err = pointsOf(road, fmt.Sprintf(`"resident"='%s' AND "metric"='pulse_rate' AND "value">0`, wearer.ID))
		if err == nil && len(got) < 12 {
			err = fmt.Errorf("%d pulse rates", len(got))
		}
		return err
	})
	sum := 0.0
	for _, p := range got {
		second := int(p.at.Sub(start).Seconds()) - 4 // the rate is of the seconds before
		second = min(max(second, 0), len(monitor)-1)
		off := math.Abs(p.value - monitor[second])
		sum += off
		if off > 10 {
			t.Errorf("%v after the start: %.1f /min, the monitor says %.1f", p.at.Sub(start).Round(time.Second), p.value, monitor[second])
		}
	}
	t.Logf("%s: %d pulse rates, mean error %.2f /min", filepath.Base(files[0]), len(got), sum/float64(len(got)))
}
