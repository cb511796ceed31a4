package sim

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"osmanthus/drivers"
	"osmanthus/drivers/ld2410"
	"osmanthus/drivers/radar"
	"osmanthus/drivers/remote"
	"osmanthus/drivers/tinyframe"
)

// sitting is somebody who sits before the radar, 1.6 m away.
func sitting(time.Time) Scene {
	return Scene{Present: true, Metres: 1.6, Heart: 68, Breath: 14, InBed: true}
}

var radars = map[string]func(Radar) Talker{
	"ld2410":   func(s Radar) Talker { return NewLD2410(s) },
	"ld6002":   func(s Radar) Talker { return NewLD6002(s) },
	"ld6002b":  func(s Radar) Talker { return NewLD6002B(s) },
	"ld6002c":  func(s Radar) Talker { return NewLD6002C(s) },
	"mr60bha2": func(s Radar) Talker { return NewMR60BHA2(s) },
	"mr60fda2": func(s Radar) Talker { return NewMR60FDA2(s) },
	"mr60bha1": func(s Radar) Talker { return NewR60(s) },
	"r60abd1":  func(s Radar) Talker { return NewR60(s) },
}

// listen runs a driver on a line for a while and returns what it says, each
// measure once.
func listen(t testing.TB, port io.ReadWriter, name string, long time.Duration) (said []string, frames int) {
	t.Helper()
	m, ok := radar.ByName(name)
	if !ok {
		t.Fatalf("no model %q", name)
	}
	d, err := radar.New(port, m)
	if err != nil {
		t.Fatal(err)
	}
	var f radar.Frame
	for end := time.Now().Add(long); time.Now().Before(end); {
		if err := d.Sense(&f); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		frames += f.Frames
		for _, v := range f.Measures {
			if s := fmt.Sprintf("%s=%.3g", v.Metric, v.Value); !slices.Contains(said, s) {
				said = append(said, s)
			}
		}
	}
	slices.Sort(said)
	return said, frames
}

// Every model speaks so that the unchanged driver understands it, and every
// module that can be run has a model.
func TestEveryRadarHasAModel(t *testing.T) {
	want := map[string]string{
		"ld2410":   "[distance=1.6 motion=0 presence=1]",
		"ld6002":   "[distance=1.6 heart_rate=68 presence=1 respiratory_rate=14]",
		"ld6002b":  "[occupants=1 presence=1]",
		"ld6002c":  "[fall_detected=0 presence=1]",
		"mr60bha2": "[distance=1.6 heart_rate=68 presence=1 respiratory_rate=14]",
		"mr60fda2": "[fall_detected=0 presence=1]",
		"mr60bha1": "[bed_occupancy=1 distance=1.6 heart_rate=68 motion=0 presence=1 respiratory_rate=14]",
		"r60abd1":  "[bed_occupancy=1 distance=1.6 heart_rate=68 motion=0 presence=1 respiratory_rate=14]",
	}
	for _, m := range radar.Models() {
		synctest.Test(t, func(t *testing.T) {
			s := NewHome(nil).Serial("radar")
			s.Plug(radars[m.Name](sitting))
			port, err := s.Open(m.Bauds[0])
			if err != nil {
				t.Fatal(err)
			}
			if said, _ := listen(t, port, m.Name, 5*time.Second); fmt.Sprint(said) != want[m.Name] {
				t.Errorf("%s said %v, want %s", m.Name, said, want[m.Name])
			}
		})
	}
}

// What is wrong on a line: noise, frames that are cut, another baud rate, a wire
// that is off, an adapter that is pulled out.
func TestSerialFaults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewHome(nil).Serial("radar")
		if _, err := s.Open(256000); err == nil {
			t.Error("a line opens with nothing plugged in")
		}
		s.Plug(NewLD2410(sitting))
		port, err := s.Open(256000)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Open(256000); err == nil {
			t.Error("two have the line open")
		}
		_, whole := listen(t, port, "ld2410", 2*time.Second)
		s.Noise([]byte("\xf4\xf3\xf2\xf1\xf4\xf3"))
		s.Cut(9)
		_, after := listen(t, port, "ld2410", 2*time.Second)
		if whole < 18 || after < whole-2 {
			t.Errorf("%d frames in 2 s, and %d with noise and a frame that is cut", whole, after)
		}
		s.SetMute(true)
		if _, n := listen(t, port, "ld2410", 2*time.Second); n != 0 {
			t.Errorf("%d frames from a wire that is off", n)
		}
		s.SetMute(false)
		port.Close()
		slow, err := s.Open(115200)
		if err != nil {
			t.Fatal(err)
		}
		if _, n := listen(t, slow, "ld2410", 2*time.Second); n != 0 {
			t.Errorf("%d frames at the wrong rate", n)
		}
		s.Unplug()
		if _, err := slow.Read(make([]byte, 10)); err == nil {
			t.Error("a line that is pulled out reads")
		}
		if _, err := slow.Write([]byte("x")); err == nil {
			t.Error("a line that is pulled out writes")
		}
		s.Plug(NewLD2410(sitting))
		if again, err := s.Open(256000); err != nil {
			t.Errorf("plugged in again: %v", err)
		} else if _, n := listen(t, again, "ld2410", time.Second); n < 8 {
			t.Errorf("%d frames after it was plugged in again", n)
		}
	})
}

// The commands that the models obey, and how they answer.
func TestRadarsObey(t *testing.T) {
	m := NewLD2410(sitting)
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	tell := func(word uint8, value string) string {
		v, _ := hex.DecodeString(value)
		return hex.EncodeToString(m.Hear(ld2410.Command(word, v), at, nil))
	}
	for _, c := range []struct {
		word        uint8
		value, want string
	}{
		{ld2410.ReadFirmware, "", "fdfcfbfa0400a001010004030201"}, // not in configuration mode
		{ld2410.EnableConfig, "0100", "fdfcfbfa0800ff0100000100400004030201"},
		{ld2410.ReadFirmware, "", "fdfcfbfa0c00a0010000010007011615092204030201"},
		{ld2410.SetLimits, "000001000000010001000000020005000000", "fdfcfbfa04006001000004030201"},
		{ld2410.EngineeringOn, "", "fdfcfbfa04006201000004030201"},
	} {
		if got := tell(c.word, c.value); got != c.want {
			t.Errorf("%02x: %s, want %s", c.word, got, c.want)
		}
	}
	if said := m.Speak(at, nil); len(said) != 0 {
		t.Errorf("it reports in configuration mode: % x", said)
	}
	tell(ld2410.EndConfig, "")
	var states []string
	ld2410.New(nil).Push(m.Speak(at.Add(100*time.Millisecond), nil), func(f ld2410.Frame) {
		states = append(states, fmt.Sprint(f.Report.State, f.Report.Engineering))
	})
	if fmt.Sprint(states) != "[0 true]" {
		t.Errorf("somebody beyond the farthest gate: %v", states)
	}

	fall := NewMR60FDA2(sitting)
	var answers []string
	tinyframe.NewPort(nil).Push(fall.Hear(tinyframe.Frame{Type: 0x0E06}.Append(nil), at, nil), func(f tinyframe.Frame) {
		answers = append(answers, fmt.Sprintf("%04x:%d", f.Type, len(f.Data)))
	})
	if fmt.Sprint(answers) != "[0e06:0 0e06:28]" {
		t.Errorf("asked for its parameters: %v", answers)
	}
}

// The same over a socket, as another process sees it.
func TestSerialOverASocket(t *testing.T) {
	h := NewHome(nil)
	s := h.Serial("radar")
	s.Plug(NewMR60FDA2(sitting))
	server := serve(t, h)
	if _, err := remote.OpenSerial(server.Addr("none"), 115200, time.Second); err == nil {
		t.Error("a line that the home does not have opens")
	}
	port, err := remote.OpenSerial(server.Addr("radar"), 115200, 100*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	m, _ := radar.ByName("mr60fda2")
	d, err := radar.New(port, m)
	if err == nil {
		err = d.Ask()
	}
	if err != nil {
		t.Fatal(err)
	}
	var f radar.Frame
	for n := 0; n < 4; n += f.Frames { // presence, fall, and the parameters twice
		if err := d.Sense(&f); err != nil {
			t.Fatal(err)
		}
	}
	s.Unplug()
	for err == nil {
		err = d.Sense(&f)
	}
	if errors.Is(err, drivers.ErrForeign) {
		t.Error(err)
	}
	if _, err := remote.OpenSerial(server.Addr("radar"), 115200, time.Second); err == nil {
		t.Error("an unplugged line opens")
	}
	s.Plug(NewMR60FDA2(sitting))
	again, err := remote.OpenSerial(server.Addr("radar"), 115200, time.Second)
	if err != nil {
		t.Fatalf("plugged in again: %v", err)
	}
	again.Close()
	port.Close()
}

func FuzzRadarsHear(f *testing.F) {
	f.Add([]byte("\xfd\xfc\xfb\xfa\x04\x00\xff\x00\x01\x00\x04\x03\x02\x01"))
	f.Add(tinyframe.Frame{Type: 0x0E06}.Append(nil))
	f.Add([]byte("\x53\x59\x80\x81\x00\x01\x0f\xbd\x54\x43"))
	f.Fuzz(func(t *testing.T, b []byte) {
		at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
		for _, m := range radars {
			r := m(sitting)
			for i := 0; i < len(b); i += 7 {
				r.Hear(b[i:min(i+7, len(b))], at, nil)
			}
			r.Speak(at, nil)
		}
	})
}
