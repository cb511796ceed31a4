package radio

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"osmanthus/agent/sense"
	"osmanthus/care"
	"osmanthus/drivers/advert"
	"osmanthus/drivers/ble"
	"osmanthus/drivers/ccm"
)

// Each kind of sensor that can be heard, by a device that says it.
func TestA8_EveryKindIsHeard(t *testing.T) {
	says := map[string]struct {
		objects []byte
		metric  care.Metric
		want    []float64
	}{
		"callpoint":       {pressed, care.ButtonPress, []float64{1}},
		"well_button":     {pressed, care.WellPress, []float64{0, 1, 0}},
		"care_button":     {pressed, care.CareGiven, []float64{0, 1, 0}},
		"door":            {opened, care.Door, []float64{1}},
		"contact":         {[]byte{0x2D, 1}, care.Door, []float64{1}},
		"motion":          {[]byte{0x21, 1}, care.Motion, []float64{1}},
		"flush":           {[]byte{0x11, 1}, care.Flush, []float64{1}},
		"seat":            {[]byte{0x23, 1}, care.Seat, []float64{1}},
		"mat":             {[]byte{0x23, 1}, care.BedOccupancy, []float64{1}},
		"smoke":           {[]byte{0x29, 1}, care.Smoke, []float64{care.HazardAlarm}},
		"gas":             {[]byte{0x1C, 1}, care.Gas, []float64{care.HazardAlarm}},
		"carbon_monoxide": {[]byte{0x17, 1}, care.CarbonMonoxide, []float64{care.HazardAlarm}},
		"leak":            {[]byte{0x20, 1}, care.WaterLeak, []float64{care.HazardAlarm}},
		"thermometer":     {[]byte{0x02, 0x42, 0x0E}, care.BodyTemperature, []float64{36.5}},
		"climate":         {[]byte{0x02, 0x34, 0x08, 0x03, 0x88, 0x13}, care.RelativeHumidity, []float64{50}},
		"scale":           {nil, care.BodyWeight, []float64{70.5}},
		"tag":             {[]byte{0x02, 0x34, 0x08}, care.AirTemperature, []float64{21}},
	}
	for _, k := range sense.Kinds() {
		if k.Heard == nil {
			continue
		}
		say, ok := says[k.Name]
		if !ok {
			t.Errorf("a %s is heard, and nobody tests it", k.Name)
			continue
		}
		inWard(t, 1, []Device{device(k.Name)}, func(w *ward) {
			h := bthome(1, say.objects...)
			if k.Name == "scale" { // of a bridge that decodes
				h = ble.Heard{Advert: advert.Advert{Address: tagAddress}, Report: &advert.Report{Format: "bridge",
					Values: []advert.Value{{Name: "weight", Number: 70.5, Unit: "kg", Metric: "body_weight"}}}}
			}
			w.hear(0, -60, h)
			w.want("s-1", say.metric, say.want...)
			w.want("s-1", care.SensorState, care.SensorWorks)
			w.want("s-1", care.SignalStrength, -60)
		})
	}
}

// A sensor under a mattress says who is in the bed in its own word, a mat by
// radio in that of any presence.
func TestA8_AMatTakesTheWordOfASensorUnderAMattress(t *testing.T) {
	inWard(t, 1, []Device{device("mat")}, func(w *ward) {
		for _, in := range []float64{1, 0} {
			w.hear(0, -60, ble.Heard{Advert: advert.Advert{Address: tagAddress}, Report: &advert.Report{Format: "bridge",
				Values: []advert.Value{{Name: "bed_occupancy", Number: in, Unit: "1", Metric: "bed_occupancy"}}}})
		}
		w.want("s-1", care.BedOccupancy, 1, 0)
	})
}

// Every press of a button that says its level rises, the first as well.
func TestEveryPressOfAWellButtonRises(t *testing.T) {
	inWard(t, 1, []Device{device("well_button")}, func(w *ward) {
		for i := range byte(3) {
			w.hear(0, -60, bthome(i, pressed...))
			time.Sleep(2 * time.Millisecond)
		}
		w.want("s-1", care.WellPress, 0, 1, 0, 1, 0, 1, 0)
		var last time.Time
		for _, r := range w.notes.all() {
			if r.Metric == care.WellPress && !r.At.After(last) {
				t.Errorf("%v comes after %v", r.At, last)
			} else if r.Metric == care.WellPress {
				last = r.At
			}
		}
	})
}

// The volume of a gas meter is no gas in the air.
func TestAMeasureOfAnotherUnitIsNone(t *testing.T) {
	if _, ok := sense.Heard("gas"); !ok {
		t.Skip("no gas is heard")
	}
	inWard(t, 1, []Device{device("gas")}, func(w *ward) {
		w.hear(0, -60, bthome(1, 0x4B, 1, 0, 0))
		w.want("s-1", care.Gas)
	})
}

func TestADeviceIsSilentByItsClass(t *testing.T) {
	devices := []Device{device("callpoint"), {ID: "s-2", Resident: "r-1", Kind: "door", Address: "A4:C1:38:00:00:02", Silence: time.Minute}}
	inWard(t, 1, devices, func(w *ward) {
		h := bthome(1, 1, 90)
		h.Address = advert.Address{0xA4, 0xC1, 0x38, 0, 0, 2}
		for i := range 6 {
			h.ServiceData[0].Bytes = append([]byte(nil), h.ServiceData[0].Bytes...)
			h.ServiceData[0].Bytes[2] = byte(i)
			w.hear(0, -60, h)
			time.Sleep(20 * time.Second)
		}
		w.want("s-2", care.SensorState, care.SensorWorks)
		if n := len(w.notes.of("s-2", care.SignalStrength)); n < 3 {
			t.Errorf("%d signs of life in two minutes, with a limit of one", n)
		}
		time.Sleep(27 * time.Second) // 47 s since the last
		w.want("s-2", care.SensorState, care.SensorWorks, care.SensorSilent)
		if s := w.hub.States(); s["s-2"] != care.SensorSilent || s["s-1"] != -1 {
			t.Errorf("%v", s)
		}
		w.hear(0, -60, h)
		w.want("s-2", care.SensorState, care.SensorWorks, care.SensorSilent, care.SensorWorks)
		w.want("s-1", care.SensorState)
	})
}

// What people carry away is missed by detection alone, which knows how urgent
// that is; here it is only known.
func TestWhatIsCarriedAwayIsNoFault(t *testing.T) {
	d := device("tag")
	d.Silence, d.Carried = 15*time.Minute, true
	inWard(t, 1, []Device{d}, func(w *ward) {
		w.hear(0, -60, bthome(1, 1, 90))
		time.Sleep(20 * time.Minute)
		w.want("s-1", care.SensorState, care.SensorWorks)
		if s := w.hub.States()["s-1"]; s != care.SensorSilent {
			t.Errorf("its state is %d", s)
		}
		w.hear(0, -60, bthome(2, 1, 90))
		w.want("s-1", care.SensorState, care.SensorWorks, care.SensorWorks)
	})
}

func TestMotionThatOnlyBeginsEnds(t *testing.T) {
	inWard(t, 1, []Device{device("motion")}, func(w *ward) {
		w.hear(0, -60, bthome(1, 0x21, 1))
		time.Sleep(80 * time.Second)
		w.hear(0, -60, bthome(2, 0x21, 1))
		time.Sleep(80 * time.Second)
		w.want("s-1", care.Motion, 1)
		time.Sleep(12 * time.Second)
		w.want("s-1", care.Motion, 1, 0)
		for range 120 { // one that says so all the time
			w.hear(0, -60, bthome(3, 0x21, 1))
			time.Sleep(time.Second)
		}
		w.want("s-1", care.Motion, 1, 0, 1)
		w.hear(0, -60, bthome(4, 0x21, 0))
		w.want("s-1", care.Motion, 1, 0, 1, 0)
	})
}

// A thermometer that settles: the last value is never swallowed.
func TestTheLastValueIsSaid(t *testing.T) {
	inWard(t, 1, []Device{device("thermometer")}, func(w *ward) {
		for i, v := range []uint16{3690, 3720, 3740} {
			w.hear(0, -60, bthome(byte(i), binary.LittleEndian.AppendUint16([]byte{0x02}, v)...))
			time.Sleep(2 * time.Second)
		}
		time.Sleep(2 * time.Minute)
		w.want("s-1", care.BodyTemperature, 36.9, 37.4)
		for _, r := range w.notes.all() {
			if r.Metric == care.BodyTemperature && r.Value == 37.4 && r.At.Second() != 4 {
				t.Errorf("as of %v, not of when it was heard", r.At)
			}
		}
	})
}

// What a day of a device costs, whatever it sends.
func TestADayOfATagIsCheap(t *testing.T) {
	for _, c := range []struct {
		kind string
		most int // readings a day
	}{{"door", 800}, {"climate", 3*1440 + 600}} {
		inWard(t, 1, []Device{device(c.kind)}, func(w *ward) {
			before := w.notes.count()
			for i := range 8640 { // every 10 s
				v := uint16(2000 + 100*(i%7))
				w.hear(0, -60, bthome(byte(i), append(binary.LittleEndian.AppendUint16([]byte{0x01, byte(80 + i%2), 0x02}, v), 0x1A, 1)...))
				time.Sleep(10 * time.Second)
			}
			got := -before
			for _, r := range w.notes.all() {
				if r.Source == "s-1" {
					got++
				}
			}
			t.Logf("a %s whose values never rest: %d readings a day", c.kind, got)
			if got > c.most {
				t.Errorf("a %s says %d readings a day, at most %d", c.kind, got, c.most)
			}
		})
	}
}

var bindkey = []byte("0123456789abcdef")

// sealed is an encrypted packet of a BTHome device.
func sealed(t *testing.T, key []byte, counter uint32, objects ...byte) ble.Heard {
	t.Helper()
	const info = 0x41
	k, err := ccm.New(key)
	if err != nil {
		t.Fatal(err)
	}
	count := binary.LittleEndian.AppendUint32(nil, counter)
	nonce := append(append(append([]byte(nil), tagAddress[:]...), 0xD2, 0xFC, info), count...)
	body, tag, err := k.Seal(nonce, objects, nil, 4)
	if err != nil {
		t.Fatal(err)
	}
	b := append([]byte{info}, body...)
	return ble.Heard{Advert: advert.Advert{Address: tagAddress, ServiceData: []advert.Data{{ID: 0xFCD2, Bytes: append(append(b, count...), tag...)}}}}
}

func TestKeysAreReadFromFilesThatNobodyElseMayRead(t *testing.T) {
	file := filepath.Join(t.TempDir(), "key")
	write := func(text string, mode os.FileMode) {
		if err := os.WriteFile(file, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(file, mode); err != nil {
			t.Fatal(err)
		}
	}
	secret := hex.EncodeToString(bindkey)
	for text, mode := range map[string]os.FileMode{secret: 0o640, secret + "00": 0o600, "no hex": 0o600} {
		write(text, mode)
		if _, err := ReadKey(file); err == nil || strings.Contains(err.Error(), text) {
			t.Errorf("%q of mode %o: %v", text, mode, err)
		}
	}
	write(secret+"\n", 0o600)
	if key, err := ReadKey(file); err != nil || !bytes.Equal(key, bindkey) {
		t.Errorf("%x, %v", key, err)
	}
	if _, err := ReadKey(t.TempDir()); err == nil {
		t.Error("a directory is a key")
	}
}

func TestEncryptedPressesAndReplays(t *testing.T) {
	file := filepath.Join(t.TempDir(), "key")
	d := device("callpoint")
	d.KeyFile = file
	var log bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		w := &ward{t: t, notes: &notebook{}, aerials: []*aerial{newAerial("a")}}
		stations := []Station{{Name: "a", Radio: w.aerials[0]}}
		w.run(stations, []Device{d}, Opts{Log: slog.New(slog.NewTextHandler(&log, nil))}, func(w *ward) {
			for i := range uint32(4) { // its key is not there yet
				w.hear(0, -60, sealed(t, bindkey, 1000+i, pressed...))
			}
			w.want("s-1", care.ButtonPress)
			w.want("s-1", care.SensorState, care.SensorWrong)
			if err := os.WriteFile(file, []byte(hex.EncodeToString(bindkey)), 0o600); err != nil {
				t.Fatal(err)
			}
			time.Sleep(keyAgain)
			w.hear(0, -60, sealed(t, bindkey, 1004, pressed...))
			w.want("s-1", care.ButtonPress, 1)
			time.Sleep(time.Minute)
			w.hear(0, -60, sealed(t, bindkey, 1003, pressed...)) // recorded by somebody
			w.hear(0, -60, sealed(t, bindkey, 1004, pressed...))
			w.hear(0, -60, bthome(9, pressed...)) // and one that is not encrypted
			w.hear(0, -60, sealed(t, []byte("another key 1234"), 1009, pressed...))
			w.want("s-1", care.ButtonPress, 1)
			w.hear(0, -60, sealed(t, bindkey, 1010, pressed...))
			w.want("s-1", care.ButtonPress, 1, 1)
			if s := w.hub.Stats(); s.Replayed != 1 || s.Malformed != 1 || s.Locked != 5 {
				t.Errorf("%+v", s)
			}
		})
	})
	for _, secret := range []string{hex.EncodeToString(bindkey), string(bindkey)} {
		if strings.Contains(log.String(), secret) {
			t.Error("the log shows the key")
		}
	}
}

// A device that is heard and cannot be read does not work.
func TestADeviceThatCannotBeReadIsWrong(t *testing.T) {
	for name, c := range map[string]struct {
		say  func(i int) ble.Heard
		want []float64
	}{
		"encrypted, and no key": {func(i int) ble.Heard { return sealed(t, bindkey, uint32(i), opened...) }, []float64{care.SensorWrong}},
		"of a format that nobody knows": {func(i int) ble.Heard {
			return ble.Heard{Advert: advert.Advert{Address: tagAddress, Manufacturer: []advert.Data{{ID: 0x1234, Bytes: []byte{byte(i)}}}}}
		}, []float64{care.SensorWorks, care.SensorWrong}},
		"its name, and now and then what it is for": {func(i int) ble.Heard {
			if i%50 == 0 {
				return bthome(byte(i), opened...)
			}
			return ble.Heard{Advert: advert.Advert{Address: tagAddress, Name: "door"}}
		}, []float64{care.SensorWorks}},
	} {
		inWard(t, 1, []Device{device("door")}, func(w *ward) {
			for i := range 120 {
				w.hear(0, -60, c.say(i))
				time.Sleep(10 * time.Second)
			}
			if got := slices.Compact(w.notes.of("s-1", care.SensorState)); !slices.Equal(got, c.want) {
				t.Errorf("%s: %v, want %v", name, got, c.want)
			}
		})
	}
}

// Random addresses as many as there are packets cost no memory and no disk.
func TestAStormOfAddresses(t *testing.T) {
	var log bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		w := &ward{t: t, notes: &notebook{}, aerials: []*aerial{newAerial("a")}}
		stations := []Station{{Name: "a", Radio: w.aerials[0]}}
		w.run(stations, nil, Opts{Log: slog.New(slog.NewTextHandler(&log, nil))}, func(w *ward) {
			s := w.hub.stations[0]
			h := bthome(1, opened...)
			for i := range uint32(50_000) {
				binary.BigEndian.PutUint32(h.Address[2:], i)
				w.hub.heard(s, &h)
			}
			time.Sleep(time.Second)
			w.hub.mu.Lock()
			defer w.hub.mu.Unlock()
			if n := len(w.hub.strangers.index); n != maxStrangers || len(w.hub.strangers.ring) != maxStrangers {
				t.Errorf("%d strangers are remembered", n)
			}
			if n := strings.Count(log.String(), "not configured"); n != tellBurst {
				t.Errorf("%d are told of", n)
			}
			if got := w.hub.Stats().Strangers; got != 50_000 {
				t.Errorf("%d strangers", got)
			}
		})
	})
}

// A button whose counter was set back, and not to 0, is refused: it would never
// be heard again, and nobody would know.
func TestADeviceThatIsRefusedByItsCounterIsTold(t *testing.T) {
	d := device("callpoint")
	d.KeyFile = filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(d.KeyFile, []byte(hex.EncodeToString(bindkey)), 0o600); err != nil {
		t.Fatal(err)
	}
	inWard(t, 1, []Device{d}, func(w *ward) {
		w.hear(0, -60, sealed(t, bindkey, 5000, pressed...))
		for i := range uint32(3) {
			w.want("s-1", care.SensorState, care.SensorWorks)
			time.Sleep(time.Minute)
			for range 5 { // each is sent some times
				w.hear(0, -60, sealed(t, bindkey, 700+i, pressed...))
			}
		}
		w.want("s-1", care.SensorState, care.SensorWorks, care.SensorWrong)
		w.want("s-1", care.ButtonPress, 1)
		w.hear(0, -60, sealed(t, bindkey, 5001, pressed...))
		w.want("s-1", care.SensorState, care.SensorWorks, care.SensorWrong, care.SensorWorks)
	})
}

// The clock of somebody else's gateway may be ahead, and be set right: a call is
// a call, and smoke is smoke.
func TestSenMLOfAGatewayWhoseClockIsWrong(t *testing.T) {
	decode := func(payload []byte, received time.Time) ([]Record, error) {
		var metric string
		var v float64
		var ahead int
		if _, err := fmt.Sscan(string(payload), &metric, &v, &ahead); err != nil {
			return nil, err
		}
		return []Record{{"urn:dev:1:x", metric, v, received.Add(time.Duration(ahead) * time.Second)}}, nil
	}
	devices := []Device{
		{ID: "call", Resident: "r-1", Kind: "callpoint", Name: "urn:dev:1:"},
	}
	synctest.Test(t, func(t *testing.T) {
		w := &ward{t: t, notes: &notebook{}, aerials: []*aerial{newAerial("a")}}
		stations := []Station{{Name: "a", Radio: w.aerials[0]}}
		w.run(stations, devices, Opts{Decode: decode}, func(w *ward) {
			say := func(p string) { w.hub.pack(w.hub.stations[0], []byte(p)) }
			say("button_press 1 900")
			say("button_press 1 900") // the same
			time.Sleep(time.Minute)
			say("button_press 1 0") // its clock was set right, and it is pressed again
			time.Sleep(time.Minute)
			say("button_press 1 -40000000") // its clock was reset
			w.want("call", care.ButtonPress, 1, 1, 1)
			for _, r := range w.notes.all() {
				if ago := time.Since(r.At); ago < 0 || ago > 3*time.Minute {
					t.Errorf("%v of %v ago", r.Metric, ago)
				}
			}
		})
	})
	devices[0].Kind = "smoke"
	synctest.Test(t, func(t *testing.T) {
		w := &ward{t: t, notes: &notebook{}, aerials: []*aerial{newAerial("a")}}
		stations := []Station{{Name: "a", Radio: w.aerials[0]}}
		w.run(stations, devices, Opts{Decode: decode}, func(w *ward) {
			for _, p := range []string{"smoke 0 0", "smoke 1 900", "smoke 0 1"} {
				w.hub.pack(w.hub.stations[0], []byte(p))
			}
			w.want("call", care.Smoke, 0, 1, 0)
		})
	})
}

// What shows one packet for hours is said as often as one that numbers its
// packets; a door that closed meanwhile is not opened by a copy.
func TestTheSameForHoursIsSaidAgainAndAgain(t *testing.T) {
	unnumbered := func(objects ...byte) ble.Heard {
		return ble.Heard{Advert: advert.Advert{Address: tagAddress, ServiceData: []advert.Data{{ID: 0xFCD2, Bytes: append([]byte{0x44}, objects...)}}}}
	}
	beat := ble.Heard{Advert: advert.Advert{Address: tagAddress, Name: "Polar H10 1234", Manufacturer: []advert.Data{{ID: 0x006B, Bytes: []byte{0x27, 0xA0, 0xA0}}}}}
	for _, c := range []struct {
		kind string
		m    care.Metric
		says ble.Heard
		want int // in two hours
	}{
		{"climate", care.AirTemperature, unnumbered(0x02, 0xE4, 0x0C), 12},
		{"climate", care.AirTemperature, bthome(7, 0x02, 0xE4, 0x0C), 12},
		{"smoke", care.Smoke, unnumbered(0x29, 0x01), 12},
		{"tag", care.HeartRate, beat, 60},
		{"callpoint", care.ButtonPress, unnumbered(pressed...), 1},
	} {
		inWard(t, 2, []Device{device(c.kind)}, func(w *ward) {
			for range 2 * 3600 {
				w.hear(0, -60, c.says)
				w.hear(1, -70, c.says)
				time.Sleep(time.Second)
			}
			if got := w.notes.of("s-1", c.m); len(got) != c.want {
				t.Errorf("%s: %d times, want %d: %v", c.kind, len(got), c.want, got)
			}
		})
	}
	inWard(t, 2, []Device{device("door")}, func(w *ward) {
		w.hear(0, -60, bthome(1, opened...))
		time.Sleep(repeatState - time.Second)
		w.hear(0, -60, bthome(2, opened...))
		time.Sleep(time.Second)
		w.hear(0, -60, bthome(3, closed...))
		w.hear(1, -60, bthome(2, opened...))
		w.want("s-1", care.Door, 1, 0)
	})
}
