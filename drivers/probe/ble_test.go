package probe

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"osmanthus/drivers/advert"
	"osmanthus/drivers/ble"
)

// air is a radio that hears what stands there, and nothing more.
type air struct {
	all []ble.Heard
	err error
}

func (a air) String() string { return "air" }

func (a air) Scan(ctx context.Context, emit func(ble.Heard)) error {
	for _, h := range a.all {
		emit(h)
	}
	if a.err != nil {
		return a.err
	}
	<-ctx.Done()
	return ctx.Err()
}

func heardAt(second int, last byte, data ...byte) ble.Heard {
	h := ble.Heard{At: time.Date(2026, 3, 1, 8, 0, second, 0, time.UTC), Advert: advert.Advert{Address: advert.Address{0xA4, 0xC1, 0x38, 0, 0, last}, RSSI: -60}}
	if len(data) > 0 {
		h.ServiceData = []advert.Data{{ID: 0xFCD2, Bytes: data}}
	}
	return h
}

func TestWhatIsHeardIsListed(t *testing.T) {
	warm := []byte{0x40, 0x02, 0xCA, 0x09} // BTHome: 25.06 °C
	cut := heardAt(3, 3)
	cut.ServiceData = []advert.Data{{ID: 0xFE95, Bytes: []byte{0x50}}} // MiBeacon's header has five bytes
	everything := air{all: []ble.Heard{
		heardAt(0, 1, warm...), heardAt(1, 1, warm...), heardAt(1, 2), cut, heardAt(5, 1, warm...),
	}}
	f := listenFlags{n: 4}
	var out bytes.Buffer
	if err := f.listen(t.Context(), everything, &out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 4 {
		t.Fatalf("%d lines:\n%s", len(lines), out.String())
	}
	var first struct {
		Address  string
		Readings []Reading
		Data     map[string]string `json:"service_data"`
	}
	if err := json.Unmarshal([]byte(lines[0]), &first); err != nil {
		t.Fatal(err)
	}
	if first.Address != "A4:C1:38:00:00:01" || len(first.Readings) != 1 || first.Readings[0].Value != 25.06 || first.Data["fcd2"] != "4002ca09" {
		t.Errorf("%+v", first)
	}
	if strings.Contains(lines[1], "error") || strings.Contains(lines[1], "readings") {
		t.Errorf("a device of no known format: %s", lines[1])
	}
	if !strings.Contains(lines[2], `"error"`) {
		t.Errorf("a malformed one: %s", lines[2])
	}

	out.Reset()
	f = listenFlags{only: advert.Address{0xA4, 0xC1, 0x38, 0, 0, 1}, lasts: time.Millisecond}
	if err := f.listen(t.Context(), everything, &out); err != nil || strings.Count(out.String(), "\n") != 3 {
		t.Errorf("one address: %v\n%s", err, out.String())
	}
	gone := errors.New("the adapter is gone")
	if err := f.listen(t.Context(), air{err: gone}, &out); !errors.Is(err, gone) {
		t.Errorf("%v", err)
	}
}

func TestListeningArgs(t *testing.T) {
	for _, args := range [][]string{
		{"-addr", "A4:C1"}, {"-bindkey", "xyz"}, {"-n", "-1"}, {"-for", "-1s"}, {"-for", "10"}, {"hci1"},
	} {
		if _, err := listenArgs(args, new(bytes.Buffer)); !errors.Is(err, errUsage) {
			t.Errorf("%q: %v", args, err)
		}
	}
	if f, err := listenArgs(nil, new(bytes.Buffer)); err != nil || f.key != nil {
		t.Errorf("without a key: %+v, %v", f, err)
	}
	f, err := listenArgs([]string{"-adapter", "hci1", "-addr", "A4:C1:38:8D:18:B2", "-bindkey", "00ff", "-for", "30s"}, new(bytes.Buffer))
	if err != nil || f.adapter != "hci1" || f.lasts != 30*time.Second || !bytes.Equal(f.key, []byte{0, 0xFF}) {
		t.Errorf("%+v, %v", f, err)
	}
}
