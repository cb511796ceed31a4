package probe

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"osmanthus/drivers/advert"
	"osmanthus/drivers/gatt"
)

// Messages decodes what is made of readings, not of a device's bytes, for
// decode: package wire stands above the drivers, so whoever builds the program
// hands it in.
type Messages struct {
	Telemetry func(message []byte) (readings []any, fields any, err error)
	// SenML decodes a pack in "json" or "cbor".
	SenML func(format string, pack []byte) (readings []any, fields any, err error)
}

// request is one line of decode: one of its first fields says what it is.
type request struct {
	GATT      *string        `json:"gatt"` // assigned number of the characteristic, in hexadecimal
	Advert    *advertisement `json:"advert"`
	Frame     *string        `json:"frame"`
	SenML     *string        `json:"senml"`
	Telemetry *string        `json:"telemetry"` // in hexadecimal

	Hex     string `json:"hex"`
	Text    string `json:"text"`
	BindKey string `json:"bindkey"`
}

// advertisement is one as a bridge gives it: data by UUID or company, all in
// hexadecimal.
type advertisement struct {
	ServiceData  map[string]string `json:"service_data"`
	Manufacturer map[string]string `json:"manufacturer_data"`
	Services     []string          `json:"service_uuids"`
	Name         string            `json:"name"`
	Address      string            `json:"address"`
	RSSI         int8              `json:"rssi"`
}

// answer is one line that decode prints.
type answer struct {
	Readings []any  `json:"readings,omitzero"` // an empty list is said
	Fields   any    `json:"fields,omitempty"`
	Error    string `json:"error,omitempty"`
}

// maxLine bounds a request: no outside message is nearly as long.
const maxLine = 1 << 20

// decode answers each line of in with a line, in order. What cannot be decoded
// is an answer, too.
func decode(args []string, in io.Reader, stdout, stderr io.Writer, messages Messages) error {
	if err := parse(newFlags("decode", stderr), args); err != nil {
		return err
	}
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 0, 64<<10), maxLine)
	out := bufio.NewWriter(stdout)
	print := json.NewEncoder(out)
	print.SetEscapeHTML(false)
	for lines.Scan() {
		line := bytes.TrimSpace(lines.Bytes())
		if len(line) == 0 {
			continue
		}
		a, err := respond(line, messages)
		if err != nil {
			a = answer{Fields: a.Fields, Error: err.Error()}
		} else if a.Readings == nil && a.Error == "" {
			a.Readings = []any{}
		}
		if err := print.Encode(a); err != nil {
			return fmt.Errorf("writing: %w", err)
		}
		if err := out.Flush(); err != nil {
			return fmt.Errorf("writing: %w", err)
		}
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return fmt.Errorf("%w: a line of more than %d bytes", errUsage, maxLine)
	}
	return lines.Err()
}

func respond(line []byte, messages Messages) (answer, error) {
	var r request
	if err := json.Unmarshal(line, &r); err != nil {
		return answer{}, fmt.Errorf("not a request: %v", err)
	}
	switch {
	case r.GATT != nil:
		return decodeGATT(*r.GATT, r.Hex)
	case r.Advert != nil:
		return decodeAdvert(*r.Advert, r.BindKey)
	case r.Telemetry != nil:
		b, err := unhex(*r.Telemetry)
		if err != nil {
			return answer{}, err
		}
		readings, fields, err := messages.Telemetry(b)
		return answer{Readings: readings, Fields: fields}, err
	case r.Frame != nil:
		return decodeFrame(*r.Frame, r.Hex)
	case r.SenML != nil:
		pack := []byte(r.Text)
		if r.Text == "" {
			var err error
			if pack, err = unhex(r.Hex); err != nil {
				return answer{}, err
			}
		}
		readings, fields, err := messages.SenML(*r.SenML, pack)
		return answer{Readings: readings, Fields: fields}, err
	}
	return answer{}, errors.New("nothing to decode: say gatt, advert, frame, senml or telemetry")
}

func decodeGATT(uuid, value string) (answer, error) {
	n, err := assigned(uuid)
	if err != nil {
		return answer{}, err
	}
	b, err := unhex(value)
	if err != nil {
		return answer{}, err
	}
	v, err := gatt.Decode(n, b)
	if err != nil {
		return answer{}, err
	}
	a := answer{Fields: v}
	for _, m := range v.Measures(nil) {
		a.Readings = append(a.Readings, m)
	}
	return a, nil
}

func decodeAdvert(in advertisement, bindKey string) (answer, error) {
	a := advert.Advert{Name: in.Name, RSSI: in.RSSI}
	var err error
	if in.Address != "" {
		if a.Address, err = advert.ParseAddress(in.Address); err != nil {
			return answer{}, err
		}
	}
	if a.ServiceData, err = pieces(in.ServiceData); err != nil {
		return answer{}, err
	}
	if a.Manufacturer, err = pieces(in.Manufacturer); err != nil {
		return answer{}, err
	}
	for _, s := range in.Services {
		if n, err := assigned(s); err == nil { // others are vendors' own
			a.Services = append(a.Services, n)
		}
	}
	var key []byte
	if bindKey != "" {
		if key, err = unhex(bindKey); err != nil {
			return answer{}, fmt.Errorf("bindkey: %w", err)
		}
	}
	r, err := advert.Decode(&a, key)
	if err != nil {
		return answer{}, err
	}
	out := answer{Fields: r.Fields()}
	for _, m := range r.Measures(nil) {
		out.Readings = append(out.Readings, m)
	}
	return out, nil
}

func pieces(in map[string]string) (out []advert.Data, err error) {
	for id, data := range in {
		n, err := assigned(id)
		if err != nil {
			return nil, err
		}
		b, err := unhex(data)
		if err != nil {
			return nil, err
		}
		out = append(out, advert.Data{ID: n, Bytes: b})
	}
	return out, nil
}

// assigned reads a 16-bit number: "2a37", "0x2A37", or the whole UUID that
// stands for it.
func assigned(s string) (uint16, error) {
	short := strings.TrimPrefix(strings.ToLower(s), "0x")
	if rest, ok := strings.CutSuffix(short, "-0000-1000-8000-00805f9b34fb"); ok {
		short = strings.TrimPrefix(rest, "0000")
	}
	n, err := strconv.ParseUint(short, 16, 16)
	if err != nil {
		return 0, fmt.Errorf("%q is no 16-bit number in hexadecimal", s)
	}
	return uint16(n), nil
}

func unhex(s string) ([]byte, error) {
	b, err := hex.DecodeString(strings.NewReplacer(" ", "", ":", "").Replace(s))
	if err != nil {
		return nil, fmt.Errorf("not hexadecimal: %v", err)
	}
	return b, nil
}
