package probe

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"osmanthus/drivers/catalog"
)

func probe(args ...string) (status int, stdout, stderr string) {
	var out, errs bytes.Buffer
	status = Run(context.Background(), args, strings.NewReader(""), &out, &errs, Messages{})
	return status, out.String(), errs.String()
}

func TestA8_ListShowsEveryDriverWithUnitRangeAndCode(t *testing.T) {
	for _, args := range [][]string{{"list"}, {"list", "-json"}} {
		status, out, errs := probe(args...)
		lines := strings.Split(strings.TrimSpace(out), "\n")
		if status != 0 || errs != "" || len(lines) != len(catalog.Kinds()) {
			t.Fatalf("%v: %d, %d lines, %q", args, status, len(lines), errs)
		}
		for _, line := range lines {
			var k struct {
				Driver   string
				Measures []struct {
					Metric, Unit      string
					Low, High         *float64
					LOINC, MDC, Local string
				}
			}
			if err := json.Unmarshal([]byte(line), &k); err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			for _, m := range k.Measures {
				if m.Unit == "" || m.Low == nil || m.High == nil || m.LOINC+m.MDC+m.Local == "" {
					t.Errorf("%s: %+v", k.Driver, m)
				}
			}
		}
	}
}

func TestEveryDriverCanBeRead(t *testing.T) {
	for _, k := range catalog.Kinds() {
		open, ok := openers[k.Name]
		if open.onPins != nil {
			if len(k.Pins) == 0 {
				t.Errorf("%s: on which pins?", k.Name)
			}
			continue
		}
		if !ok || (open.onBus != nil) != (k.Bus == "i2c") || (open.onPin != nil) != (k.Bus == "gpio") || (open.onPort != nil) != (k.Bus == "serial") {
			t.Errorf("%s: cannot be opened on %s", k.Name, k.Bus)
		}
	}
	if len(openers) != len(catalog.Kinds()) {
		t.Error("something can be opened that is not in the catalogue")
	}
}

func TestUnusableInputIsSaid(t *testing.T) {
	for _, c := range []struct {
		args []string
		says string
	}{
		{nil, "say list, read, ble or decode"},
		{[]string{"frob"}, `"frob" is not a command`},
		{[]string{"list", "-x"}, "-x"},
		{[]string{"list", "all"}, `"all" is too much`},
		{[]string{"read"}, `no driver ""`},
		{[]string{"read", "-driver", "abacus", "-bus", "/dev/i2c-1"}, `no driver "abacus"`},
		{[]string{"read", "-driver", "mpu6050"}, "-bus is missing"},
		{[]string{"read", "-driver", "mpu6050", "-bus", "/dev/null"}, "/dev/null"},
		{[]string{"read", "-driver", "mpu6050", "-bus", "/dev/i2c-4093"}, "4093"},
		{[]string{"read", "-driver", "mpu6050", "-bus", "/dev/i2c-1", "-addr", "0x99"}, "7-bit"},
		{[]string{"read", "-driver", "mpu6050", "-bus", "/dev/i2c-1", "-n", "0"}, "-n 0"},
		{[]string{"read", "-driver", "callpoint", "-bus", "NO_SUCH_PIN"}, "NO_SUCH_PIN"},
		{[]string{"read", "-driver", "hx711", "-bus", "GPIO23"}, "needs 2 names, as in DOUT,PD_SCK"},
		{[]string{"read", "-driver", "hx711", "-bus", "NO_SUCH_PIN,GPIO24"}, "NO_SUCH_PIN"},
		{[]string{"read", "-driver", "fsrmatrix", "-bus", "/dev/i2c-1"}, "needs 5 names, as in bus,S0,S1,S2,S3"},
		{[]string{"read", "-driver", "fsrmatrix", "-bus", "/dev/i2c-4093,a,b,c,d"}, "4093"},
		{[]string{"read", "-driver", "callpoint", "-bus", "sim:unix:///none.sock#x"}, "/none.sock"},
	} {
		status, out, errs := probe(c.args...)
		if status != 2 || out != "" || !strings.Contains(errs, c.says) {
			t.Errorf("%v: %d, %q, %q", c.args, status, out, errs)
		}
	}
	if status, _, errs := probe("help"); status != 0 || !strings.Contains(errs, "usage") {
		t.Errorf("help: %d %q", status, errs)
	}
}

// A sensor that answers and measures nothing must not look like patience.
func TestSilenceIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := sensor{kind: catalog.Kind{Name: "max30102"}, sense: func(*Line) error { return nil }}
		var out bytes.Buffer
		began := time.Now()
		if err := s.print(t.Context(), &out, 3); err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(out.String(), "has measured nothing for 2s"); n != 3 || time.Since(began) > 7*time.Second {
			t.Errorf("%d times in %v: %s", n, time.Since(began), out.String())
		}
	})
}

// A failed look is a line in its place and the rest goes on.
func TestFailuresAreLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		s := sensor{kind: catalog.Kind{Name: "ads1115"}, sense: func(l *Line) error {
			if n++; n == 2 {
				return errors.New("no answer")
			}
			l.Readings = []Reading{{Metric: "bed_pad", Value: 1}}
			return nil
		}}
		var out bytes.Buffer
		if err := s.print(t.Context(), &out, 3); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		if len(lines) != 3 || lines[1] != `{"error":"no answer"}` || !strings.Contains(lines[2], "bed_pad") {
			t.Errorf("%q", lines)
		}
	})
}
